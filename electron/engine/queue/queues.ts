import type { CallContext } from '../../contract/method.ts';
import { queueTopic, type SweepQueue, type WorkerOffer } from '../../contract/sweep/queue.ts';
import type { EventBus } from '../events.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import type { MakeExecutor } from '../sweep/executor.ts';
import type { Workers } from '../work/workers.ts';
import { queueExecutor } from './open-executor.ts';
import { type QueueLog, QueueWorker } from './queue-worker.ts';

/** What this engine gives to queues and takes from them; it reports that on `queueTopic`. */
export class Queues {
  readonly #events: EventBus;
  readonly #workers: Workers;
  readonly #active: ActiveRuns;
  readonly #closing = new AbortController();
  readonly #atWork = new Set<Promise<void>>();

  constructor(events: EventBus, workers: Workers, active: ActiveRuns) {
    this.#events = events;
    this.#workers = workers;
    this.#active = active;
  }

  /** Has the workers of a queue run a sweep. Throws NETWORK, INVALID_INPUT. */
  executor(queue: SweepQueue): Promise<MakeExecutor> {
    return queueExecutor(queue, this.#workers, this.#log());
  }

  /** Works for a queue until the call is cancelled, or the engine closes. Throws NETWORK, NOT_WRITABLE, DISK_FULL. */
  async work(offer: WorkerOffer, { signal, progress }: CallContext): Promise<void> {
    let done = 0;
    const worker = new QueueWorker(offer, {
      events: this.#events,
      active: this.#active,
      log: this.#log(),
      onEnded: () => progress({ done: ++done, total: done }),
    });
    const work = worker.work(AbortSignal.any([signal, this.#closing.signal]));
    this.#atWork.add(work);
    await work.finally(() => this.#atWork.delete(work));
  }

  /** Ends the members at work after their batch, saved and given back. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#atWork);
  }

  #log(): QueueLog {
    let last = '';
    return (level, message) => {
      // A connection that is cut is tried again and again.
      if (message !== last) this.#events.publish(queueTopic, { type: 'log', level, message });
      last = message;
    };
  }
}
