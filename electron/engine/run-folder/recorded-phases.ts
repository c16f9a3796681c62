import { enterPhase, leavePhase, type PhaseSpan } from '../../contract/phase-spans.ts';
import { isActive, type Phase } from '../../contract/run.ts';
import type { HeldRecord } from './held-record.ts';
import type { Journals } from './journals.ts';
import { phasesInLog } from './phases-in-log.ts';
import type { RunRecord } from './record.ts';

/** Lines of the log in which phases are looked for. */
const LOG_LINES = 500;

/** The times that a run spent in its phases, which are part of its record. */
export class RecordedPhases {
  readonly #record: HeldRecord;
  readonly #journals: Journals;
  /** Whether this process has entered the phase that is open. */
  #hasEntered = false;

  /** `journals`: of the same run; earlier versions kept the phases in the log alone. */
  constructor(record: HeldRecord, journals: Journals) {
    this.#record = record;
    this.#journals = journals;
  }

  /** Oldest first. */
  async all(): Promise<PhaseSpan[]> {
    const { phases, state } = this.#record.current;
    if (phases !== null) return phases;
    const spans = phasesInLog(await this.#journals.logLines(LOG_LINES));
    // An earlier version may have found that its process was gone, which it did not log.
    return isActive(state) ? spans : this.#abandoned(spans);
  }

  async enter(phase: Phase): Promise<void> {
    this.#hasEntered = true;
    const before = this.#record.current.phases ?? [];
    await this.#record.save({ phases: enterPhase(before, phase, new Date().toISOString()) });
  }

  /** For the record: the phases once the run has left the open one. Read first where another process left it open. */
  left(): Pick<RunRecord, 'phases'> | Promise<Pick<RunRecord, 'phases'>> {
    const { phases } = this.#record.current;
    if (phases !== null && (this.#hasEntered || phases.every(({ endedAt }) => endedAt !== null)))
      return { phases: leavePhase(phases, new Date().toISOString()) };
    return this.#leftByOther();
  }

  async #leftByOther(): Promise<Pick<RunRecord, 'phases'>> {
    return { phases: await this.#abandoned(await this.all()) };
  }

  /** A phase that another process left open ended with that one's last sign of life, as far as is known. */
  async #abandoned(spans: readonly PhaseSpan[]): Promise<PhaseSpan[]> {
    const began = spans.at(-1)?.startedAt ?? '';
    const sign = (await this.#journals.lastTime()) ?? began;
    return leavePhase(spans, sign > began ? sign : began);
  }
}
