/** One training of a run, in multiply-accumulates, which its time is about proportional to. */
export interface PlannedTraining {
  steps: number;
  /** Of one step: three forward passes' worth for the model that learns, one for its teacher. */
  macsPerStep: number;
}

/** A step's cost: a backward pass takes about twice a forward one. */
export const stepMacs = (batchSize: number, student: number, teacher = 0): number =>
  batchSize * (3 * student + teacher);

/**
 * The whole run's remaining seconds while training `current`: its own remainder as measured, and what comes after it scaled by
 * the work of a step.
 */
export function remainingRunSeconds(
  current: PlannedTraining,
  later: readonly PlannedTraining[],
  secondsPerStep: number,
  remainingSteps: number,
): number {
  const secondsPerMac = secondsPerStep / current.macsPerStep;
  const rest = later.reduce((sum, { steps, macsPerStep }) => sum + steps * macsPerStep * secondsPerMac, 0);
  return secondsPerStep * remainingSteps + rest;
}
