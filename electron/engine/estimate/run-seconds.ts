import type { Role } from '../../contract/run.ts';
import type { Pace } from './pace.ts';
import type { RunWork } from './run-plan.ts';

/** What a run takes, in seconds, by its parts. */
export interface RunSeconds {
  import: number;
  /** In order. */
  trainings: ReadonlyMap<Role, TrainingSeconds>;
  evaluation: number;
  latency: number;
  exports: number;
  calibration: number;
  checks: number;
}

export interface TrainingSeconds {
  steps: number;
  validation: number;
}

const sum = <T>(items: Iterable<T>, of: (item: T) => number): number => {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
};

/** What a run's work takes at this pace. Early stopping is not foreseen. */
export function secondsOf({ imported, trainings, evaluation, end }: RunWork, pace: Pace): RunSeconds {
  const seconds = [...trainings].map(
    ([role, { stages, validation }]) =>
      [
        role,
        {
          steps: sum(stages, ({ epochs, steps, work }) => epochs * steps * work) * pace.steps(role),
          validation: sum(stages, ({ epochs }) => epochs * validation) * pace.forward,
        },
      ] as const,
  );
  return {
    import: imported * pace.image,
    trainings: new Map(seconds),
    evaluation: sum(evaluation, (work) => work) * pace.forward,
    latency: end.latency,
    exports: end.exports,
    calibration: end.calibration.seconds + end.calibration.work * pace.end,
    checks: end.checks.seconds + end.checks.work * pace.end,
  };
}

/** Of all trainings. */
export const trainingSeconds = ({ trainings }: Pick<RunSeconds, 'trainings'>): TrainingSeconds => ({
  steps: sum(trainings.values(), ({ steps }) => steps),
  validation: sum(trainings.values(), ({ validation }) => validation),
});

/** How much of the exports is done, from 0 to 1: of the files, and of the images of calibration and checks. */
export interface ExportsDone {
  written: number;
  calibrated: number;
  checked: number;
}

/** What the exports take, or what is left of them. */
export const exportSeconds = (
  { exports, calibration, checks }: RunSeconds,
  { written, calibrated, checked }: ExportsDone = { written: 0, calibrated: 0, checked: 0 },
): number => exports * (1 - written) + calibration * (1 - calibrated) + checks * (1 - checked);

/** What follows the evaluation. */
export const endSeconds = (seconds: RunSeconds): number => seconds.latency + exportSeconds(seconds);

export function totalSeconds(seconds: RunSeconds): number {
  const { steps, validation } = trainingSeconds(seconds);
  return seconds.import + steps + validation + seconds.evaluation + endSeconds(seconds);
}
