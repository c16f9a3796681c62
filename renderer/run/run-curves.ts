import type { RunEvent } from '../../electron/contract/events.ts';
import type { EpochPoint, RunMetrics } from '../../electron/contract/metrics.ts';
import { type Role, roles } from '../../electron/contract/run.ts';
import { StepColumns } from './step-columns.ts';

/** All curves of one run: loaded once, then appended to. Not reactive, for there may be a hundred thousand points. */
export class RunCurves {
  readonly #steps = new Map<Role, StepColumns>();
  readonly #epochs = new Map<Role, EpochPoint[]>();

  /** Roles of which there is anything, in the order in which they are trained. */
  get roles(): Role[] {
    return roles.filter((role) => this.#steps.has(role) || this.#epochs.has(role));
  }

  steps(role: Role): StepColumns | null {
    return this.#steps.get(role) ?? null;
  }

  epochs(role: Role): readonly EpochPoint[] {
    return this.#epochs.get(role) ?? [];
  }

  get points(): number {
    return roles.reduce((sum, role) => sum + (this.#steps.get(role)?.length ?? 0), 0);
  }

  /** Instead of everything that was there. */
  load({ steps, epochs }: RunMetrics): void {
    this.#steps.clear();
    this.#epochs.clear();
    for (const { role, ...table } of steps) this.#stepsOf(role).load(table);
    for (const point of epochs) this.#addEpoch(point);
  }

  /**
   * An event from the run. One that is not behind what is known of its role replaces everything from there on: after a load it
   * is a point that was loaded as well, after a resume the training went back to its checkpoint.
   */
  add(event: RunEvent): void {
    if (event.type === 'epoch') this.#addEpoch(event);
    // The run's log passes over some: with the same points a reload shows what was shown before it.
    if (event.type !== 'step' || event.recorded === false) return;
    this.#stepsOf(event.role).append(event);
  }

  #stepsOf(role: Role): StepColumns {
    const known = this.#steps.get(role) ?? new StepColumns();
    this.#steps.set(role, known);
    return known;
  }

  #addEpoch(point: EpochPoint): void {
    const known = (this.#epochs.get(point.role) ?? []).filter(({ epoch }) => epoch < point.epoch);
    this.#epochs.set(point.role, [...known, point]);
  }
}
