import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Job, Worker } from 'bullmq';
import { DistillError } from '../../contract/errors.ts';
import { shownQueue } from '../../contract/sweep/queue.ts';
import type { WorkerOffer } from '../../contract/sweep/queue.ts';
import { type MemberJob, memberJobSchema, type MemberReport } from '../../contract/sweep/member-job.ts';
import { makeFolders } from '../../platform/files.ts';
import type { EventBus } from '../events.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import type { Exchange } from './exchange.ts';
import { FetchedDatasets } from './fetched-datasets.ts';
import { dataArea } from './file-server.ts';
import { HttpExchange } from './http-exchange.ts';
import { MemberWork } from './member-work.ts';
import { queueName } from './member-queue.ts';
import { hasOnlyPlaces } from './portable-recipe.ts';
import { openRedis } from './redis.ts';
import { SharedExchange } from './shared-exchange.ts';

export type QueueLog = (level: 'info' | 'warn', message: string) => void;

export interface QueueWorkerParts {
  events: EventBus;
  active: ActiveRuns;
  log: QueueLog;
  /** A member has ended here. */
  onEnded: () => void;
}

/** A job as the queue has it now: the machine that started the sweep may have begun anew, at another address. */
interface Latest {
  job: MemberJob;
}

/** Leases after which a worker takes members again that could not go on with one, doubled with each in a row. */
const longestRest = 16;

/** Takes members of sweeps from a queue and works on them, as many at a time as there are cores for. */
export class QueueWorker {
  readonly #offer: WorkerOffer;
  readonly #parts: QueueWorkerParts;
  readonly #name: string;
  readonly #slots: number;
  readonly #threads: number;
  readonly #datasets: FetchedDatasets;
  readonly #closing = new AbortController();
  #worker: Worker<unknown, MemberReport> | null = null;
  /** Members in a row that this machine could not go on with. */
  #faults = 0;

  constructor(offer: WorkerOffer, parts: QueueWorkerParts) {
    this.#offer = offer;
    this.#parts = parts;
    this.#name = offer.name ?? os.hostname();
    const cores = offer.cores ?? os.availableParallelism();
    this.#threads = offer.threads ?? cores;
    this.#datasets = new FetchedDatasets(path.join(offer.folder, 'datasets'));
    this.#slots = Math.max(1, Math.floor(cores / this.#threads));
  }

  /** Works until the signal is aborted; members at work then end after their batch, saved. Throws NETWORK, NOT_WRITABLE, DISK_FULL. */
  async work(signal: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    await makeFolders(this.#offer.folder);
    const redis = await openRedis(this.#offer.url, { log: (message) => log('warn', message), wait: signal });
    const { Worker } = await import('bullmq');
    const leaseMs = this.#offer.lease * 1000;
    const worker = new Worker<unknown, MemberReport>(
      queueName,
      async (job, _token, lost) => this.#process(job, lost!),
      {
        connection: redis,
        name: this.#name,
        concurrency: this.#slots,
        lockDuration: leaseMs,
        stalledInterval: leaseMs,
        // Each attempt is a job of its own, which the coordinator numbers.
        maxStalledCount: 0,
      },
    );
    this.#worker = worker;
    worker.on('error', (error) => log('warn', `The queue: ${error.message}`));
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id, 'It was given to another worker.');
    });
    log(
      'info',
      `${this.#name} takes members from ${shownQueue(this.#offer.url)}: ${this.#slots} at a time, ${this.#threads} threads each.`,
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#closing.abort();
    await worker.close();
    redis.disconnect();
  }

  async #process(job: Job<unknown, MemberReport>, lost: AbortSignal): Promise<MemberReport> {
    const { log, onEnded } = this.#parts;
    const parsed = memberJobSchema.safeParse(job.data);
    // Never begun: the coordinator sees the failed job.
    if (!parsed.success) throw new Error('The job has another form; the versions of the program differ.');
    const member = parsed.data;
    const stop = new AbortController();
    const now = { job: member };
    const unwatch = this.#watch(job, now, stop);
    log('info', `${member.attempt}: ${member.resume ? 'goes on' : 'begins'}.`);
    try {
      const report = await this.#attempt(now, lost, AbortSignal.any([stop.signal, this.#closing.signal]));
      log(
        report.fault ? 'warn' : 'info',
        `${member.attempt}: ${report.state}. ${report.fault?.message ?? ''}`.trim(),
      );
      if (report.fault && !this.#closing.signal.aborted && !stop.signal.aborted) this.#rest();
      else this.#faults = 0;
      return report;
    } catch (thrown) {
      if (lost.aborted) log('warn', `${member.attempt}: was given to another worker.`);
      throw thrown;
    } finally {
      unwatch();
      onEnded();
    }
  }

  async #attempt(now: Latest, lost: AbortSignal, pause: AbortSignal): Promise<MemberReport> {
    const { job } = now;
    const folder = path.join(path.resolve(this.#offer.folder), job.sweep);
    const { memory, lease } = this.#offer;
    const place = {
      folder,
      worker: this.#name,
      threads: this.#threads,
      memory: memory === null ? null : Math.floor((memory * 1024) / this.#slots),
    };
    try {
      const exchange = this.#exchangeOf(now, lost);
      const data = await this.#dataOf(now, lost);
      const { events, active, log } = this.#parts;
      const share = 1 / this.#slots;
      const parts = { job, exchange, active, share, events, lost, pause, log, copyMs: (lease * 1000) / 2 };
      return await new MemberWork({ ...parts, place: { ...place, data } }).work();
    } catch (thrown) {
      if (!(thrown instanceof DistillError)) throw thrown;
      const { code, message, hint, retryable } = thrown;
      const fault = { code, message, hint, retryable };
      return { version: 1, attempt: job.attempt, worker: this.#name, state: 'interrupted', fault };
    } finally {
      await rm(path.join(folder, 'runs', job.attempt), { recursive: true, force: true }).catch(
        () => undefined,
      );
    }
  }

  #exchangeOf(now: Latest, lost: AbortSignal): Exchange {
    const { job } = now;
    if (!hasOnlyPlaces(job.recipe))
      throw new DistillError(
        'INVALID_INPUT',
        'A recipe from the queue names a file outside of the sweep.',
        'It is not run.',
      );
    if (job.shared !== null && this.#offer.shared !== null)
      return new SharedExchange(path.join(path.resolve(this.#offer.shared), ...job.shared.split('/')));
    if (job.files) return new HttpExchange(() => now.job.files!, job.attempt, lost);
    throw new DistillError(
      'INVALID_INPUT',
      `The worker ${this.#name} does not see the folder that the sweep lies in.`,
      'Start the worker with --shared <folder>: the folder that "sweep run" was given, as this machine sees it.',
    );
  }

  async #dataOf(now: Latest, lost: AbortSignal): Promise<string> {
    const { dataset, files, attempt } = now.job;
    const { data, shared } = this.#offer;
    if (Object.hasOwn(data, dataset.name)) return data[dataset.name]!;
    if (dataset.shared !== null && shared !== null) return path.join(shared, ...dataset.shared.split('/'));
    if (dataset.served && files) {
      const exchange = new HttpExchange(() => now.job.files!, attempt, lost, dataArea(dataset.fingerprint));
      return this.#datasets.bring(dataset, exchange);
    }
    throw new DistillError(
      'NOT_FOUND',
      `The worker ${this.#name} has no dataset "${dataset.name}".`,
      `Start the worker with --data ${dataset.name}=<path>.`,
    );
  }

  /** Looks whether the member is still wanted, and from here; gives the way to end it. */
  #watch(job: Job<unknown, MemberReport>, latest: Latest, stop: AbortController): () => void {
    let isLooking = false;
    const look = async (): Promise<void> => {
      const { Job } = await import('bullmq');
      const now = await Job.fromId<unknown, MemberReport>(this.#worker!, job.id!);
      if (!now) this.#worker!.cancelJob(job.id!, 'It is gone from the queue.');
      const parsed = memberJobSchema.safeParse(now?.data);
      if (!parsed.success) return;
      latest.job = parsed.data;
      if (parsed.data.stop) stop.abort();
    };
    const timer = setInterval(
      () => {
        if (isLooking) return;
        isLooking = true;
        look()
          .catch(() => undefined)
          .finally(() => (isLooking = false));
      },
      Math.min(2000, this.#offer.lease * 250),
    );
    return () => clearInterval(timer);
  }

  /** Leaves members to others for a while: this machine would only take the same one again. */
  #rest(): void {
    const leases = Math.min(longestRest, 2 ** this.#faults++);
    const worker = this.#worker!;
    void worker.pause(true);
    setTimeout(() => void worker.resume(), leases * this.#offer.lease * 1000).unref();
  }
}
