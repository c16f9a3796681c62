import { type ErrorValue, toErrorValue } from '../../contract/errors.ts';
import type { CallProgress } from '../../contract/method.ts';
import { isActive } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { recover } from '../run-folder/recovery.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { type StudentEpochs, studentEpochs } from './epoch-scores.ts';
import type { Executor } from './executor.ts';
import { type EarlierWork, type Job, Jobs } from './jobs.ts';
import { secondsOf } from './member-seconds.ts';
import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';
import type { Teachers } from './teachers.ts';

/** Members whose files are read at the same time. */
const atOnce = 16;

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
  /** Work on each member that has begun. */
  readonly #secondsOf = new Map<number, number>();
  #seconds = 0;
  /** Members that have ended, or wait to be promoted. */
  readonly #ended = new Set<number>();

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
    return { done: this.#ended.size, total: this.members.length };
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
    const { folder, members } = this;
    const jobs = new Jobs(folder.sweep, members, await this.#earlier(), this.#teachers.keys);
    await new Promise<void>((resolve) => this.#startMore(jobs, resolve));
    await this.#executor.close?.();
    if (this.#error) await this.#keepError(this.#error);
    else if (!this.#isStopping) {
      await this.#closeLeft();
      await this.folder.update({ isCompleted: true });
    }
  }

  /** Members whose process ended just before their pause, and that were not promoted, are still recorded as at work. */
  async #closeLeft(): Promise<void> {
    if (this.folder.sweep.halving === null) return;
    const runs = await this.folder.openMembers(this.members.length);
    await mapConcurrently(runs, atOnce, async (run) => {
      if (run && isActive(run.state)) await recover(run.folder).catch(() => undefined);
    });
  }

  get #mayStart(): boolean {
    const isOpen = !this.#isStopping && !this.#isSpent && this.#error === null;
    return isOpen && this.#atWork < this.#executor.slots;
  }

  /** Starts members as long as there are slots for them; whenever one has ended, again. `done`: called when none is at work any more. */
  #startMore(jobs: Jobs, done: () => void): void {
    while (this.#mayStart) {
      const job = jobs.next();
      if (job === null) break;
      this.#atWork++;
      this.#ended.delete(job.index);
      void this.#run(job).then((end) => {
        this.#atWork--;
        jobs.ended(job.index, end);
        this.#startMore(jobs, done);
      });
    }
    if (this.#atWork === 0) done();
  }

  /** Never rejects: why no further member can be run is kept. */
  async #run(job: Job): Promise<{ hasTeacher: boolean; score: number | null }> {
    let score: number | null = null;
    try {
      score = await this.#count(job, await this.#executor.run(job));
    } catch (thrown) {
      this.#error ??= toErrorValue(thrown);
    }
    return { hasTeacher: await this.#teachers.look(job.index), score };
  }

  /** Notes how a member ended; gives its student's score where it has paused as it was to. */
  async #count({ index, pauseAfter }: Job, { state }: RunSummary): Promise<number | null> {
    const run = await this.folder.openMember(index);
    const student = pauseAfter === null || !run ? null : await this.#studentOf(run);
    const score = pauseAfter === null ? undefined : student?.scores.get(pauseAfter);
    const hasPaused = state === 'interrupted' && score !== undefined;
    // A member that fails is a result, too. One that was stopped ends the sweep: a person or the engine's end wanted that.
    if (state !== 'completed' && state !== 'failed' && !hasPaused) this.#isStopping = true;
    else this.#ended.add(index);
    if (run) await this.#addSeconds(index, run);
    for (const listener of this.listeners) listener(this.progress);
    return hasPaused ? score : null;
  }

  /** null where no member is stopped early by its scores. */
  #studentOf(run: RunFolder): Promise<StudentEpochs> | null {
    const { halving, score } = this.folder.sweep;
    return halving && studentEpochs(run, score);
  }

  /** What earlier processes did. */
  async #earlier(): Promise<Map<number, EarlierWork>> {
    const runs = await this.folder.openMembers(this.members.length);
    const earlier = new Map<number, EarlierWork>();
    await mapConcurrently([...runs.entries()], atOnce, async ([index, run]) => {
      if (!run) return;
      await this.#addSeconds(index, run);
      earlier.set(index, {
        isCompleted: run.state === 'completed',
        student: await this.#studentOf(run),
      });
    });
    return earlier;
  }

  async #addSeconds(index: number, run: RunFolder): Promise<void> {
    const seconds = await secondsOf(run);
    this.#seconds += seconds - (this.#secondsOf.get(index) ?? 0);
    this.#secondsOf.set(index, seconds);
  }

  async #keepError(error: ErrorValue): Promise<void> {
    await this.folder.update({ error }).catch(() => undefined);
  }
}
