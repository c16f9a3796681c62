import path from 'node:path';
import { DistillError, toErrorValue, type ErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { type RunPosition, followPosition } from '../../contract/position.ts';
import type { RunState, StopMode } from '../../contract/run.ts';
import type { RunDetails } from '../../contract/run-details.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { runTopic } from '../../contract/services.ts';
import type { EventBus } from '../events.ts';
import { recover } from '../run-folder/recovery.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { executeRun, phasesOf } from './run.ts';

const LOG_LINES = 500;

interface ActiveRun {
  run: RunFolder;
  /** Ends the work after the batch. */
  controller: AbortController;
  /** Ends trainings early, the run goes on. */
  finishing: AbortController;
  /** Whether an ending by `controller` is a pause. */
  paused: boolean;
  /** null before the work begins. */
  position: RunPosition | null;
  ended: Promise<RunSummary>;
}

function askedTo({ controller, finishing, paused }: ActiveRun): StopMode | null {
  if (controller.signal.aborted) return paused ? 'pause' : 'cancel';
  return finishing.signal.aborted ? 'finish' : null;
}

function ending(error: ErrorValue, paused: boolean): { state: RunState; error: ErrorValue } {
  if (error.code !== 'CANCELLED') return { state: 'failed', error };
  if (!paused) return { state: 'cancelled', error };
  const message = `Paused. ${error.message}`;
  return { state: 'interrupted', error: { ...error, message, hint: 'Resume the run to go on from there.' } };
}

/** The runs of this process: one computes at a time, the others are queued. */
export class ActiveRuns {
  readonly #events: EventBus;
  readonly #active = new Map<string, ActiveRun>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(events: EventBus) {
    this.#events = events;
  }

  /** Queues a run; `run` is held by this process. Returns at once. */
  launch(run: RunFolder, resume: boolean): void {
    const start = this.#last;
    const active: ActiveRun = {
      run,
      controller: new AbortController(),
      finishing: new AbortController(),
      paused: false,
      position: null,
      ended: start.then(() => this.#execute(active, resume)),
    };
    this.#last = active.ended;
    this.#active.set(run.folder, active);
    void active.ended.finally(() => {
      // It may have been resumed as soon as its state was known.
      if (this.#active.get(run.folder) === active) this.#active.delete(run.folder);
    });
  }

  /** Ends a run, after the batch that is at work. Throws RUN_STATE where the run is not at work here. */
  async stop(folder: string, mode: StopMode): Promise<void> {
    const active = this.#active.get(folder);
    if (!active) {
      throw new DistillError(
        'RUN_STATE',
        `The run ${folder} is not at work in this process.`,
        'Nothing needs to be stopped.',
      );
    }
    if (mode === 'finish') {
      active.finishing.abort();
      const message =
        'The run was asked to finish: each training keeps what it has learnt, one that has not begun ends after its first epoch.';
      this.#emit(active.run, { type: 'log', level: 'info', message });
    } else {
      active.paused = mode === 'pause';
      active.controller.abort();
    }
    if (active.run.state === 'running') {
      await active.run.setState('stopping');
      this.#emit(active.run, { type: 'state', state: 'stopping', error: null });
    }
  }

  /** All about a run, at work here or not. Throws NOT_FOUND, RUN_CORRUPT. */
  async details(folder: string): Promise<RunDetails> {
    const active = this.#active.get(folder);
    const run = active?.run ?? (await recover(folder));
    const [summary, dataset, log] = await Promise.all([
      run.summary(),
      // What was imported can be read anew; its report must not hide the run.
      run.dataset().catch(() => null),
      run.logLines(LOG_LINES),
    ]);
    const position = this.#active.get(folder)?.position ?? null;
    const stopping = active ? askedTo(active) : null;
    return { summary, recipe: run.recipe, runtime: run.runtime, dataset, position, stopping, log };
  }

  /** Writes what a run at work here has measured, for others to read. */
  flush(folder: string): void {
    try {
      this.#active.get(folder)?.run.flushMetrics();
    } catch {
      // A full disk meets the run itself at its next step.
    }
  }

  /** Whether a run computes in this process. */
  get isAtWork(): boolean {
    return this.#active.size > 0;
  }

  /** The datasets and folders of stored answers that runs at work here, or waiting, need. */
  get inUse(): string[] {
    const paths = [...this.#active.values()].flatMap(({ run }) => [
      run.dataPath ?? run.recipe.data.path,
      run.storedAnswers,
    ]);
    return paths.filter((one) => one !== null).map((one) => path.resolve(one));
  }

  /** When the run ends; null where it is not at work here. */
  ended(folder: string): Promise<RunSummary> | null {
    return this.#active.get(folder)?.ended ?? null;
  }

  /** The runs at work here and those that wait, in the order in which they were started. */
  summaries(): Promise<RunSummary[]> {
    return Promise.all([...this.#active.values()].map(({ run }) => run.summary()));
  }

  /** Pauses what is at work and what waits: who quits has decided nothing about a run. What was being cancelled stays so. */
  async close(): Promise<void> {
    for (const active of this.#active.values()) {
      if (!active.controller.signal.aborted) active.paused = true;
      active.controller.abort();
    }
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  #emit(run: RunFolder, event: RunEvent): void {
    const active = this.#active.get(run.folder);
    if (active) active.position = followPosition(active.position, event, phasesOf(run.recipe));
    const recorded = run.append(event);
    if (event.type === 'log') run.log(event.level, event.message);
    if (event.type === 'state') run.log('info', `State: ${event.state}.`);
    if (event.type === 'phase') run.log('info', `Phase: ${event.phase}.`);
    this.#events.publish(runTopic(run.folder), event.type === 'step' ? { ...event, recorded } : event);
  }

  async #setState(
    run: RunFolder,
    state: RunSummary['state'],
    error: RunSummary['error'] = null,
  ): Promise<void> {
    await run.setState(state, error);
    this.#emit(run, { type: 'state', state, error });
  }

  /** Never rejects: how a run ended is its state. */
  async #execute(active: ActiveRun, resume: boolean): Promise<RunSummary> {
    const { run, controller, finishing } = active;
    const { signal } = controller;
    try {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The run was stopped before it began.');
      await this.#setState(run, 'running');
      const emit = (event: RunEvent) => this.#emit(run, event);
      await executeRun(run, { resume, signal, finish: finishing.signal, emit });
      await this.#setState(run, 'completed');
    } catch (thrown) {
      await this.#end(active, thrown);
    }
    return run.summary();
  }

  /** Keeps the error with the run; where even that fails (a full disk), the next start finds it interrupted. */
  async #end({ run, paused }: ActiveRun, thrown: unknown): Promise<void> {
    const { state, error } = ending(toErrorValue(thrown), paused);
    if (state === 'interrupted') {
      const { message } = error;
      run.log('info', message);
      // Not by #emit: metrics that could not be written must not keep the state from being kept.
      this.#events.publish(runTopic(run.folder), { type: 'log', level: 'info', message });
    }
    if (state === 'failed')
      run.log('error', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    try {
      await this.#setState(run, state, error);
    } catch (second) {
      run.log('error', `The state could not be kept: ${toErrorValue(second).message}`);
      this.#events.publish(runTopic(run.folder), { type: 'state', state, error });
    }
  }
}
