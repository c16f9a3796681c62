import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import type { Executor } from '../../../electron/engine/sweep/executor.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

/** All times in seconds. */
export interface Simulated {
  workers: number;
  /** Work on a member on one worker: the mean of a log-normal distribution, and its standard deviation as a share of the mean. */
  memberSeconds: number;
  spread: number;
  /** Between two checkpoints. */
  epochSeconds: number;
  /** Between two failures of a worker, on average; and until it is back. */
  failureSeconds: number;
  absentSeconds: number;
  /** A job is renewed every half of it, and given to another worker when it is over. */
  leaseSeconds: number;
  /** Between two looks of the coordinator at what has ended, and looks between two checks of all jobs (queue-executor.ts). */
  lookSeconds: number;
  looksBetweenChecks: number;
  seed: number;
}

/** A member in the queue or at work. */
interface Pending {
  left: number;
  settle: (summary: RunSummary) => void;
}

interface Event {
  at: number;
  happen: () => void;
}

const completed = { state: 'completed' } as RunSummary;

/**
 * An executor whose workers work in virtual time, as those of a queue: they take members first come, first served, fail at random, and
 * lose what they did since the last checkpoint. Counts the operations that the queue would have to do.
 */
export class SimulatedWorkers implements Executor {
  readonly slots: number;
  operations = 0;
  failures = 0;
  busySeconds = 0;
  now = 0;
  readonly #plan: Simulated;
  readonly #draw: ReturnType<typeof random>;
  readonly #queue: Pending[] = [];
  /** The next one last. */
  readonly #events: Event[] = [];
  #free: number;
  #pending = 0;

  constructor(plan: Simulated) {
    this.#plan = plan;
    this.#draw = random(plan.seed, 'simulated-workers');
    this.#free = plan.workers;
    // As the queue's executor.
    this.slots = 8 + 4 * plan.workers;
  }

  run(): Promise<RunSummary> {
    const { memberSeconds, spread } = this.#plan;
    const sigma = Math.sqrt(Math.log(1 + spread ** 2));
    const left = memberSeconds * Math.exp(sigma * this.#draw.normal() - sigma ** 2 / 2);
    this.#pending++;
    // Added to the queue.
    this.operations++;
    return new Promise((settle) => {
      this.#queue.push({ left, settle });
      this.#assign();
    });
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Goes on to the next event; false where there is none. */
  advance(): boolean {
    const next = this.#events.pop();
    if (!next) return false;
    this.#count(next.at - this.now);
    this.now = next.at;
    next.happen();
    return true;
  }

  /** Looks of the coordinator, and now and then at each pending job. Renewals are counted with the work. */
  #count(seconds: number): void {
    const { lookSeconds, looksBetweenChecks } = this.#plan;
    this.operations += (seconds / lookSeconds) * (1 + this.#pending / looksBetweenChecks);
  }

  #assign(): void {
    while (this.#free > 0) {
      const member = this.#queue.shift();
      if (!member) return;
      this.#free--;
      // Taken by a worker.
      this.operations++;
      const failsAfter = -this.#plan.failureSeconds * Math.log(1 - this.#draw.float());
      if (failsAfter < member.left) this.#fail(member, failsAfter);
      else this.#complete(member);
    }
  }

  #work(seconds: number): void {
    this.busySeconds += seconds;
    this.operations += seconds / (this.#plan.leaseSeconds / 2);
  }

  #complete({ left, settle }: Pending): void {
    this.#work(left);
    this.#at(left, () => {
      // Reported by the worker, and forgotten by the coordinator.
      this.operations += 2;
      this.#pending--;
      this.#free++;
      settle(completed);
      this.#assign();
    });
  }

  #fail(member: Pending, after: number): void {
    const { epochSeconds, leaseSeconds, absentSeconds } = this.#plan;
    this.#work(after);
    this.failures++;
    this.#at(after + leaseSeconds, () => {
      member.left -= Math.floor(after / epochSeconds) * epochSeconds;
      // Found to be lost, and added as the next attempt, first in the queue.
      this.operations += 3;
      this.#queue.unshift(member);
      this.#assign();
    });
    this.#at(after + absentSeconds, () => {
      this.#free++;
      this.#assign();
    });
  }

  #at(seconds: number, happen: () => void): void {
    const at = this.now + seconds;
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, happen });
  }
}
