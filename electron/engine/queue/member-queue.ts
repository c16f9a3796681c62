import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ErrorValue } from '../../contract/errors.ts';
import {
  type MemberJob,
  memberJobSchema,
  type MemberReport,
  memberReportSchema,
} from '../../contract/sweep/member-job.ts';
import { openRedis } from './redis.ts';

/** All sweeps of a Redis server share one queue, so that a worker needs no more than the server's address. */
export const queueName = 'distill-studio-members';

/** Seconds for which Redis keeps a finished job that nobody takes: its coordinator is gone. */
const keptSeconds = 30 * 24 * 3600;

/** Milliseconds between two looks for members without a living worker. */
const watchMs = 5000;

/** How an attempt ended: what its worker reports, or that it is gone. */
export type AttemptEnd = { report: MemberReport } | { fault: ErrorValue };

/** The queue as the coordinator of a sweep uses it. A job's id is that of its attempt. */
export class MemberQueue {
  readonly #redis: Redis;
  readonly #queue: Queue<unknown, unknown>;
  /** Works on nothing: looks for members whose workers are gone, also where no other worker is left to do so. */
  readonly #watcher: Worker;

  private constructor(redis: Redis, queue: Queue<unknown, unknown>, watcher: Worker) {
    this.#redis = redis;
    this.#queue = queue;
    this.#watcher = watcher;
  }

  /** Throws NETWORK. */
  static async open(url: string, log: (message: string) => void): Promise<MemberQueue> {
    const redis = await openRedis(url, { log });
    const { Queue, Worker } = await import('bullmq');
    const queue = new Queue<unknown, unknown>(queueName, { connection: redis });
    const watcher = new Worker(queueName, null, {
      connection: redis,
      autorun: false,
      stalledInterval: watchMs,
      maxStalledCount: 0,
    });
    const onError = (error: Error): void => log(`The queue: ${error.message}`);
    queue.on('error', onError);
    watcher.on('error', onError);
    await watcher.startStalledCheckTimer();
    return new MemberQueue(redis, queue, watcher);
  }

  /** Does nothing where the job is there already. `first`: before all that wait. */
  async add(id: string, job: MemberJob, first: boolean): Promise<void> {
    const kept = { age: keptSeconds };
    await this.#queue.add('member', job, {
      jobId: id,
      lifo: first,
      removeOnComplete: kept,
      removeOnFail: kept,
    });
  }

  /** What is asked for in a job that waits, is at work or has ended; null: there is none, or one of another version. */
  async find(id: string): Promise<MemberJob | null> {
    const job = await this.#queue.getJob(id);
    return memberJobSchema.safeParse(job?.data).data ?? null;
  }

  /** Changes a job that waits or is at work; one that is gone by now is left alone. */
  async change(id: string, job: MemberJob): Promise<void> {
    await (await this.#queue.getJob(id))?.updateData(job);
  }

  /** Takes a job out that nobody works on. Gives whether it is out. */
  async withdraw(id: string): Promise<boolean> {
    const job = await this.#queue.getJob(id);
    if (!job) return true;
    if (!(await job.isWaiting())) return false;
    return job.remove().then(
      () => true,
      () => false,
    );
  }

  /** The attempts that have ended, of all sweeps, by their jobs' ids. */
  async ended(): Promise<Map<string, AttemptEnd>> {
    const jobs = await this.#queue.getJobs(['completed', 'failed']);
    return new Map(jobs.filter(Boolean).map((job) => [job.id!, endOf(job)]));
  }

  /** Who works on which attempt, by the jobs' ids. */
  async atWork(): Promise<Map<string, string>> {
    const jobs = await this.#queue.getActive();
    // One that was removed meanwhile has no entry.
    return new Map(jobs.filter(Boolean).map((job) => [job.id!, job.processedBy ?? '?']));
  }

  /** Forgets a job that has ended. */
  async forget(id: string): Promise<void> {
    await this.#queue.remove(id);
  }

  /** Workers that are connected. */
  workers(): Promise<number> {
    return this.#queue.getWorkersCount();
  }

  async close(): Promise<void> {
    await this.#watcher.close(true).catch(() => undefined);
    await this.#queue.close().catch(() => undefined);
    this.#redis.disconnect();
  }
}

function endOf(job: Job<unknown, unknown>): AttemptEnd {
  const worker = job.processedBy ?? 'of unknown name';
  const parsed = memberReportSchema.safeParse(job.returnvalue);
  if (parsed.success) return { report: parsed.data };
  // A job that was completed has no reason, whatever its type says; one without a living worker has BullMQ's.
  const { failedReason } = job as { failedReason?: string };
  const isSilent = failedReason === undefined || failedReason.includes('stalled');
  const reason = isSilent ? '' : ` (${failedReason})`;
  return {
    fault: {
      code: 'WORKER_GONE',
      message: `The worker ${worker} is gone or was cut off${reason}.`,
      hint: 'The member is given to another worker.',
      retryable: true,
    },
  };
}
