import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { runTopic, type RunSummary } from '../../contract/services.ts';
import type { EventBus } from '../events.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { executeRun } from './run.ts';

interface ActiveRun {
  run: RunFolder;
  controller: AbortController;
  ended: Promise<RunSummary>;
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
    const controller = new AbortController();
    const ended = this.#last.then(() => this.#execute(run, resume, controller.signal));
    this.#last = ended;
    this.#active.set(run.folder, { run, controller, ended });
    void ended.finally(() => this.#active.delete(run.folder));
  }

  /** Stops after the batch. Throws RUN_STATE where the run is not at work here. */
  async stop(folder: string): Promise<void> {
    const active = this.#active.get(folder);
    if (!active) {
      throw new DistillError(
        'RUN_STATE',
        `The run ${folder} is not at work in this process.`,
        'Nothing needs to be stopped.',
      );
    }
    active.controller.abort();
    if (active.run.state === 'running') {
      await active.run.setState('stopping');
      this.#emit(active.run, { type: 'state', state: 'stopping', error: null });
    }
  }

  /** When the run ends; null where it is not at work here. */
  ended(folder: string): Promise<RunSummary> | null {
    return this.#active.get(folder)?.ended ?? null;
  }

  async close(): Promise<void> {
    for (const { controller } of this.#active.values()) controller.abort();
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  #emit(run: RunFolder, event: RunEvent): void {
    run.append(event);
    if (event.type === 'log') run.log(event.level, event.message);
    if (event.type === 'state') run.log('info', `State: ${event.state}.`);
    this.#events.publish(runTopic(run.folder), event);
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
  async #execute(run: RunFolder, resume: boolean, signal: AbortSignal): Promise<RunSummary> {
    try {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The run was stopped before it began.');
      await this.#setState(run, 'running');
      await executeRun(run, { resume, signal, emit: (event) => this.#emit(run, event) });
      await this.#setState(run, 'completed');
    } catch (thrown) {
      await this.#end(run, thrown);
    }
    return run.summary();
  }

  /** Keeps the error with the run; where even that fails (a full disk), the next start finds it interrupted. */
  async #end(run: RunFolder, thrown: unknown): Promise<void> {
    const error = toErrorValue(thrown);
    const state = error.code === 'CANCELLED' ? 'cancelled' : 'failed';
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
