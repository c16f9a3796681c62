import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type ErrorValue, toErrorValue } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { MemberJob } from '../../contract/sweep/member-job.ts';
import { RunLock } from '../run-folder/lock.ts';
import { recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { Executor } from '../sweep/executor.ts';
import { FirstWithTeacher } from '../sweep/first-with-teacher.ts';
import type { Job } from '../sweep/jobs.ts';
import { type Member, withTeacherOf } from '../sweep/members.ts';
import { nextAttempt } from '../sweep/next-attempt.ts';
import type { SweepFolder } from '../sweep/sweep-folder.ts';
import type { Teachers } from '../sweep/teachers.ts';
import type { FileServer } from './file-server.ts';
import type { MemberJobs } from './member-jobs.ts';
import type { AttemptEnd, MemberQueue } from './member-queue.ts';
import type { QueueLog } from './queue-worker.ts';

/** Milliseconds between two looks at what has ended. */
const lookMs = 1000;
/** Looks between two checks that the jobs are still there: a Redis that was killed may have lost its last second. */
const looksBetweenChecks = 30;
/** Attempts at a member that no worker could end, after which it counts as failed. */
const mostAttempts = 20;

/**
 * Whether a worker began on the member, or the job itself failed. One that lacks the dataset, or does not see the sweep's folder,
 * has given it back untouched and rests for a while: the member waits for another, however often that happens.
 */
export const isAttempt = (end: AttemptEnd | null, worker: string | null): boolean =>
  worker !== null || end === null || !('report' in end) || end.report.fault === null;

export interface QueueExecutorParts {
  folder: SweepFolder;
  members: readonly Member[];
  teachers: Teachers;
  jobs: MemberJobs;
  queue: MemberQueue;
  server: FileServer | null;
  /** Attempts that may write. */
  current: Set<string>;
  log: QueueLog;
}

/** An attempt that is in the queue or at work. */
interface Pending {
  job: MemberJob;
  /** null: it waits. */
  worker: string | null;
  /** null: it was taken out of the queue. */
  settle: (end: AttemptEnd | null) => void;
}

/** An attempt whose folder this process holds. */
interface HeldAttempt {
  folder: string;
  job: MemberJob;
  release: () => Promise<void>;
}

/**
 * Gives members to the workers of a queue. An attempt is a job of the queue and a folder: where its worker dies, is cut off or cannot go
 * on, the next attempt begins with a copy of what it had computed, and whatever it still writes ends in its own folder.
 */
export class QueueExecutor implements Executor {
  readonly #parts: QueueExecutorParts;
  /** By the job's id. */
  readonly #pending = new Map<string, Pending>();
  readonly #firsts = new FirstWithTeacher();
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #isLooking = false;
  #workers = 0;
  #isStopping = false;

  constructor(parts: QueueExecutorParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#look(), lookMs);
  }

  /** More than the workers take, so that none waits for this process. */
  get slots(): number {
    return 8 + 4 * this.#workers;
  }

  run(job: Job): Promise<RunSummary> {
    return this.#firsts.inTurn(this.#parts.members[job.index]!, () => this.#run(job));
  }

  async #run(job: Job): Promise<RunSummary> {
    let held = (await this.#adopted(job.index)) ?? (await this.#begun(job, false));
    let attempts = 0;
    let known = '';
    for (;;) {
      const end = await this.#ended(held.job);
      await held.release();
      const fault = await this.#faultOf(end, held);
      const run = await recover(held.folder);
      const summary = await run.summary();
      // Its worker has let go of it, if there was one, and nothing has come of it.
      if ((end === null || 'report' in end) && run.worker === null)
        await rm(held.folder, { recursive: true, force: true }).catch(() => undefined);
      if (fault === null || this.#isStopping) return summary;
      if (fault.message !== known) this.#parts.log('warn', `${held.job.attempt}: ${fault.message}`);
      known = fault.message;
      if (isAttempt(end, run.worker) && ++attempts === mostAttempts) return this.#givenUp(job, fault);
      held = await this.#begun(job, true);
    }
  }

  /** Those that wait are taken out of the queue at the next look, and the workers of the others asked to end them. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#parts.server?.close();
    await this.#parts.queue.close();
  }

  /** null: the attempt ended by itself, or was ended. */
  async #faultOf(end: AttemptEnd | null, { folder, job }: HeldAttempt): Promise<ErrorValue | null> {
    if (end === null) return null;
    if ('fault' in end) return end.fault;
    const { attempt, state, fault } = end.report;
    const run = await RunFolder.open(folder).catch(() => null);
    if (attempt === job.attempt && fault === null && run?.state === state) return null;
    const message = `${attempt} is reported as ${state}, but its folder is ${run ? run.state : 'damaged'}.`;
    return fault ?? { code: 'RUN_CORRUPT', message, hint: '', retryable: true };
  }

  /** The attempt that an earlier process left in the queue, whose worker may be at it; null: there is none. */
  async #adopted(index: number): Promise<HeldAttempt | null> {
    const { folder, members, jobs, queue } = this.#parts;
    const begun = folder.member(index);
    if (begun === null) return null;
    const id = jobs.idOf(path.basename(begun));
    const left = await queue.find(id);
    if (!left) return null;
    const lock = await RunLock.acquire(begun);
    const held = this.#held(begun, await jobs.renewed(left, members[index]!), () => lock.release());
    await queue.change(id, held.job);
    return held;
  }

  /** `first`: before all that wait. */
  async #begun({ index, pauseAfter }: Job, first: boolean): Promise<HeldAttempt> {
    const { folder, members, teachers, jobs, queue } = this.#parts;
    const member = members[index]!;
    const teacher = teachers.of(member);
    const recipe = teacher === null ? member.recipe : withTeacherOf(member.recipe, teacher);
    const { run, resume } = await nextAttempt(folder, index, recipe);
    try {
      const held = this.#held(run.folder, await jobs.of(member, run, { resume, pauseAfter }), () =>
        run.close(),
      );
      await queue.add(jobs.idOf(held.job.attempt), held.job, first);
      return held;
    } catch (thrown) {
      await run.close();
      throw thrown;
    }
  }

  /** Ends a member that no worker could end. */
  async #givenUp({ index }: Job, fault: ErrorValue): Promise<RunSummary> {
    const { folder, members } = this.#parts;
    const { run } = await nextAttempt(folder, index, members[index]!.recipe);
    const message = `After ${mostAttempts} attempts it was given up. ${fault.message}`;
    await run.setState('failed', { ...fault, message, hint: 'Resume the sweep to try it again.' });
    return run.summary();
  }

  /** Lets an attempt write until it is released. */
  #held(folder: string, job: MemberJob, release: () => Promise<void>): HeldAttempt {
    const { current } = this.#parts;
    current.add(job.attempt);
    return {
      folder,
      job,
      async release() {
        current.delete(job.attempt);
        await release();
      },
    };
  }

  #ended(job: MemberJob): Promise<AttemptEnd | null> {
    return new Promise(
      (settle) => void this.#pending.set(this.#parts.jobs.idOf(job.attempt), { job, worker: null, settle }),
    );
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#takeEnded();
      if (this.#isStopping) await this.#withdraw();
      if (this.#looks++ % looksBetweenChecks === 0) await this.#check();
      await this.#announce();
    } catch (thrown) {
      // Mostly a connection that was cut: the next look finds the same.
      this.#parts.log('warn', `The queue: ${toErrorValue(thrown).message}`);
    } finally {
      this.#isLooking = false;
    }
  }

  async #takeEnded(): Promise<void> {
    const { queue } = this.#parts;
    for (const [id, end] of await queue.ended()) {
      const pending = this.#pending.get(id);
      if (!pending) continue;
      this.#pending.delete(id);
      await queue.forget(id);
      pending.settle(end);
    }
  }

  /** Logs which worker has taken which member. */
  async #announce(): Promise<void> {
    const { queue, log } = this.#parts;
    if ([...this.#pending.values()].every(({ worker }) => worker !== null)) return;
    for (const [id, worker] of await queue.atWork()) {
      const pending = this.#pending.get(id);
      if (!pending || pending.worker !== null) continue;
      pending.worker = worker;
      log('info', `${pending.job.attempt}: on ${worker}.`);
    }
  }

  async #withdraw(): Promise<void> {
    const { queue } = this.#parts;
    for (const [id, { job, settle }] of [...this.#pending]) {
      if (await queue.withdraw(id)) {
        this.#pending.delete(id);
        settle(null);
      } else await queue.change(id, { ...job, stop: true });
    }
  }

  async #check(): Promise<void> {
    const { queue } = this.#parts;
    this.#workers = await queue.workers();
    if (this.#isStopping) return;
    for (const [id, { job }] of [...this.#pending])
      if ((await queue.find(id)) === null) await queue.add(id, job, true);
  }
}
