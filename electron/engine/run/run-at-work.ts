import { DistillError, toErrorValue, type ErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { phaseMessage, type RunState, stateMessage, type StopMode } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { endingOf, type StopCause } from './ending.ts';
import { type ExecuteOptions, executeRun } from './run.ts';

/** A run that this process holds and works on: its state and its journals are kept in its folder, and its events reported. */
export class RunAtWork {
  readonly #run: RunFolder;
  readonly #report: (event: RunEvent) => void;
  /** Ends the work after the batch. */
  readonly #stopping = new AbortController();
  /** Ends trainings early, the run goes on. */
  readonly #finishing = new AbortController();
  /** Where nobody stops it, it can only pause by itself. */
  #cause: StopCause = 'pause';

  constructor(run: RunFolder, report: (event: RunEvent) => void) {
    this.#run = run;
    this.#report = report;
  }

  /** Never rejects: how a run ended is its state. */
  async execute(how: Pick<ExecuteOptions, 'resume' | 'pauseAfter'>): Promise<RunSummary> {
    const [signal, finish] = [this.#stopping.signal, this.#finishing.signal];
    try {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The run was stopped before it began.');
      await this.#setState('running');
      await executeRun(this.#run, { ...how, signal, finish, emit: (event) => this.#emit(event) });
      await this.#setState('completed');
    } catch (thrown) {
      await this.#end(thrown);
    }
    return this.#run.summary();
  }

  /** Ends the work after the batch, or each training early (finish). */
  async stop(mode: StopMode): Promise<void> {
    if (mode === 'finish') {
      this.#finishing.abort();
      const message =
        'The run was asked to finish: each training keeps what it has learned; one that has not begun ends after its first epoch.';
      this.#emit({ type: 'log', level: 'info', message });
    } else this.#stop(mode);
    if (this.#run.state === 'running') await this.#setState('stopping');
  }

  /** Ends the work after the batch, since nobody is there to show it. A run that was stopped before ends as it was asked to. */
  abandon(): void {
    if (!this.#stopping.signal.aborted) this.#stop('engine-gone');
  }

  #stop(cause: StopCause): void {
    this.#cause = cause;
    this.#stopping.abort();
  }

  #emit(event: RunEvent): void {
    const run = this.#run;
    const recorded = run.append(event);
    if (event.type === 'log') run.log(event.level, event.message);
    if (event.type === 'state') run.log('info', stateMessage(event.state));
    if (event.type === 'phase') {
      run.log('info', phaseMessage(event.phase));
      // A full disk meets the run itself at its next step.
      void run.enterPhase(event.phase).catch(() => undefined);
    }
    this.#report(event.type === 'step' ? { ...event, recorded } : event);
  }

  async #setState(state: RunState, error: ErrorValue | null = null): Promise<void> {
    await this.#run.setState(state, error);
    this.#emit({ type: 'state', state, error });
  }

  /** Keeps the error with the run; where even that fails (a full disk), the next look at the run finds it interrupted. */
  async #end(thrown: unknown): Promise<void> {
    const { state, error } = endingOf(toErrorValue(thrown), this.#cause);
    if (state === 'interrupted') this.#emit({ type: 'log', level: 'info', message: error.message });
    if (state === 'failed')
      this.#run.log('error', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    try {
      await this.#setState(state, error);
    } catch (second) {
      this.#run.log('error', `The state could not be kept: ${toErrorValue(second).message}`);
      this.#report({ type: 'state', state, error });
    }
  }
}
