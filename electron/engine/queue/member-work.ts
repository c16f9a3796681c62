import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError, type ErrorValue, toErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { runTopic } from '../../contract/services.ts';
import type { MemberJob, MemberReport } from '../../contract/sweep/member-job.ts';
import type { EventBus } from '../events.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { studentEpochs } from '../sweep/epoch-scores.ts';
import type { Exchange } from './exchange.ts';
import { fetchInputs, openAttempt, type Place } from './member-inputs.ts';
import { RunMirror } from './run-mirror.ts';

/** Errors that speak of the machine rather than of the run: another machine may not have them. */
const machineFaults: ReadonlySet<string> = new Set([
  'DISK_FULL',
  'NOT_WRITABLE',
  'OUT_OF_MEMORY',
  'BACKEND_UNAVAILABLE',
  'NETWORK',
  'WORKER_GONE',
  'ENGINE_GONE',
  // A run that goes on began with other images.
  'RUN_STATE',
]);

/** Milliseconds between two attempts to send a run that has ended. */
const retryMs = 2000;

export interface MemberParts {
  job: MemberJob;
  exchange: Exchange;
  place: Place;
  active: ActiveRuns;
  /** The part of this machine that it takes. */
  share: number;
  events: EventBus;
  /** Milliseconds between two copies of a run at work, besides those after each epoch. */
  copyMs: number;
  /** Aborted where the member is no longer this worker's. */
  lost: AbortSignal;
  /** Aborted where it is to end after its batch. */
  pause: AbortSignal;
  log: (level: 'info' | 'warn', message: string) => void;
}

/** Works on one attempt at a member, from fetching what it needs to sending what came of it. */
export class MemberWork {
  readonly #parts: MemberParts;
  readonly #mirror: RunMirror;
  #sending: Promise<void> = Promise.resolve();
  #isSending = false;
  /** Once the images are known to be the sweep's. */
  #isCopied = false;
  /** Why the run is not sent: it is another one than was asked for. */
  #wrong: ErrorValue | null = null;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#mirror = new RunMirror(parts.job, parts.exchange, parts.place.folder);
  }

  /** How it ended. Rejects where the member was lost: then nobody wants to know. */
  async work(): Promise<MemberReport> {
    const { job, place, lost } = this.#parts;
    const report = (state: MemberReport['state'], fault: ErrorValue | null): MemberReport => ({
      version: 1,
      attempt: job.attempt,
      worker: place.worker,
      state,
      fault,
    });
    try {
      const summary = await this.#run();
      lost.throwIfAborted();
      if (this.#wrong) return report('interrupted', this.#wrong);
      const { state, error } = summary;
      if (state === 'completed') return report(state, null);
      if (await this.#hasPaused(summary)) return report('interrupted', null);
      const isOurs = state === 'failed' && machineFaults.has(error?.code ?? '');
      if (state === 'failed' && !isOurs) return report(state, null);
      return report('interrupted', error);
    } catch (thrown) {
      lost.throwIfAborted();
      return report('interrupted', toErrorValue(thrown));
    }
  }

  /** Whether it has come to the epoch after which it was to pause. */
  async #hasPaused({ folder, state }: RunSummary): Promise<boolean> {
    const { pauseAfter } = this.#parts.job;
    if (pauseAfter === null || state !== 'interrupted') return false;
    return (await studentEpochs(await RunFolder.open(folder), 'accuracy')).scores.has(pauseAfter);
  }

  async #run(): Promise<RunSummary> {
    const { job, exchange, place, active, share, events, lost, pause, copyMs } = this.#parts;
    await fetchInputs(job, exchange, place.folder);
    const run = await openAttempt(job, exchange, place);
    if (job.resume) await this.#mirror.note(`runs/${job.attempt}`);
    await this.#mirror.note('cache');
    await this.#mirror.sendRecord().catch((thrown: unknown) => this.#warn(thrown));
    const timer = setInterval(() => this.#copy(), copyMs);
    const unfollow = events.subscribe(runTopic(run.folder), (event) => this.#follow(event));
    const end = (): void => void active.stop(run.folder, 'pause').catch(() => undefined);
    const ending = AbortSignal.any([lost, pause]);
    try {
      active.launch(run, { resume: job.resume, share, pauseAfter: job.pauseAfter });
      if (ending.aborted) end();
      else ending.addEventListener('abort', end);
      const summary = await active.ended(run.folder)!;
      clearInterval(timer);
      await this.#sending;
      if (!lost.aborted && !this.#wrong) await this.#sendWhole();
      return summary;
    } finally {
      ending.removeEventListener('abort', end);
      clearInterval(timer);
      unfollow();
    }
  }

  #follow(event: RunEvent): void {
    if (event.type === 'phase' && event.phase !== 'import' && !this.#isCopied && !this.#wrong)
      void this.#checkImages();
    if (event.type === 'epoch' || event.type === 'phase') this.#copy();
  }

  /** A run on other images would be another run. */
  async #checkImages(): Promise<void> {
    const { job, place, active } = this.#parts;
    const folder = path.join(place.folder, 'runs', job.attempt);
    const report = await (await RunFolder.open(folder)).dataset().catch(() => null);
    if (report?.fingerprint === job.dataset.fingerprint) {
      this.#isCopied = true;
      return;
    }
    const { code, message, hint, retryable } = new DistillError(
      'INVALID_INPUT',
      `The dataset "${job.dataset.name}" of the worker ${place.worker} is not the sweep's: its images, labels or their names differ.`,
      `Give the worker the same dataset: --data ${job.dataset.name}=<path>.`,
    );
    this.#wrong = { code, message, hint, retryable };
    await active.stop(folder, 'pause').catch(() => undefined);
  }

  /** Copies in the background, one copy at a time. */
  #copy(): void {
    if (!this.#isCopied || this.#isSending || this.#parts.lost.aborted) return;
    this.#isSending = true;
    this.#sending = this.#mirror
      .send()
      .catch((thrown: unknown) => this.#warn(thrown))
      .finally(() => (this.#isSending = false));
  }

  /** What a run came to must arrive, as long as it is wanted. */
  async #sendWhole(): Promise<void> {
    const { lost, pause } = this.#parts;
    for (;;) {
      try {
        await this.#mirror.send();
        return;
      } catch (thrown) {
        this.#warn(thrown);
        if (lost.aborted || pause.aborted) throw thrown;
        await sleep(retryMs, undefined, { signal: lost });
      }
    }
  }

  #warn(thrown: unknown): void {
    const { attempt } = this.#parts.job;
    this.#parts.log('warn', `${attempt} could not be copied: ${toErrorValue(thrown).message}`);
  }
}
