import { type ErrorValue, toErrorValue } from '../../contract/errors.ts';
import type { CallProgress } from '../../contract/method.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { Executor } from './executor.ts';
import { secondsOf } from './member-seconds.ts';
import type { Member } from './members.ts';
import { Schedule } from './schedule.ts';
import type { SweepFolder } from './sweep-folder.ts';
import type { Teachers } from './teachers.ts';

/** What a sweep at work is made of. */
export interface SweepParts {
  folder: SweepFolder;
  members: readonly Member[];
  teachers: Teachers;
  executor: Executor;
}

/** The coordinator of a sweep: gives its executor members as long as there are any, and keeps how far it is. */
export class SweepAtWork {
  readonly folder: SweepFolder;
  readonly members: readonly Member[];
  /** Resolves when no member is at work and none will be started. Never rejects. */
  readonly ended: Promise<void>;
  readonly listeners = new Set<(progress: CallProgress) => void>();
  readonly #teachers: Teachers;
  readonly #executor: Executor;
  #atWork = 0;
  #isStopping = false;
  /** Why nothing more is started. */
  #error: ErrorValue | null = null;
  /** Work of the members that have ended. */
  #seconds = 0;
  #done = 0;

  constructor({ folder, members, teachers, executor }: SweepParts) {
    this.folder = folder;
    this.members = members;
    this.#teachers = teachers;
    this.#executor = executor;
    this.ended = this.#work().catch((thrown: unknown) => this.#keepError(toErrorValue(thrown)));
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }
  get progress(): CallProgress {
    return { done: this.#done, total: this.members.length };
  }

  /** Ends it after the batches of the members at work, which are saved. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#executor.stop();
    await this.ended;
  }

  get #isSpent(): boolean {
    const { hours } = this.folder.sweep.budget;
    return hours !== null && this.#seconds >= hours * 3600;
  }

  async #work(): Promise<void> {
    const schedule = new Schedule(this.members, await this.#completed(), this.#teachers.keys);
    await new Promise<void>((resolve) => this.#startMore(schedule, resolve));
    await this.#executor.close?.();
    if (this.#error) await this.#keepError(this.#error);
    else if (!this.#isStopping) await this.folder.update({ isCompleted: true });
  }

  get #mayStart(): boolean {
    const isOpen = !this.#isStopping && !this.#isSpent && this.#error === null;
    return isOpen && this.#atWork < this.#executor.slots;
  }

  /** Starts members as long as there are slots for them; whenever one has ended, again. `done`: called when none is at work any more. */
  #startMore(schedule: Schedule, done: () => void): void {
    while (this.#mayStart) {
      const index = schedule.next();
      if (index === null) break;
      this.#atWork++;
      void this.#run(index, schedule).then(() => {
        this.#atWork--;
        this.#startMore(schedule, done);
      });
    }
    if (this.#atWork === 0) done();
  }

  /** Never rejects: why no further member can be run is kept. */
  async #run(index: number, schedule: Schedule): Promise<void> {
    try {
      this.#count(await this.#executor.run(index));
    } catch (thrown) {
      this.#error ??= toErrorValue(thrown);
    }
    schedule.ended(index, await this.#teachers.look(index));
  }

  #count(summary: RunSummary): void {
    this.#seconds += secondsOf(summary);
    // A member that fails is a result, too. One that was stopped ends the sweep: a person or the engine's end wanted that.
    if (summary.state !== 'completed' && summary.state !== 'failed') this.#isStopping = true;
    else this.#done++;
    for (const listener of this.listeners) listener(this.progress);
  }

  /** Members that an earlier process completed. */
  async #completed(): Promise<Set<number>> {
    const completed = new Set<number>();
    const runs = await this.folder.openMembers(this.members.length);
    for (const [index, run] of runs.entries()) {
      if (run?.state !== 'completed') continue;
      this.#seconds += secondsOf(run);
      completed.add(index);
    }
    this.#done = completed.size;
    return completed;
  }

  async #keepError(error: ErrorValue): Promise<void> {
    await this.folder.update({ error }).catch(() => undefined);
  }
}
