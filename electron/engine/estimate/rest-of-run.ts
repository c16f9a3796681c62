import type { Role } from '../../contract/run.ts';
import type { RunWork } from './run-plan.ts';
import { endSeconds, secondsOf, trainingSeconds } from './run-seconds.ts';

/** Where a training is and how fast it goes. */
export interface TrainingPace {
  /** 0-based. */
  stage: number;
  /** Over all stages, 1-based; the steps of it that are done. */
  epoch: number;
  step: number;
  /** Of this stage. */
  stepSeconds: number;
  /** Seconds for a multiply-accumulate of the trainings that are still to come, and of the exports. */
  laterPace: number;
  /** What follows the steps of an epoch, and whether that was measured. */
  tailSeconds: number;
  isTailMeasured: boolean;
}

/** What takes the rest of a run, in seconds. */
export type RestOfRun = Record<'steps' | 'validation' | 'evaluation' | 'end', number>;

/** A measured validation also has a checkpoint in it: the evaluation's pace is taken from it within these bounds. */
const [leastForward, mostForward] = [0.5, 2];

/** The whole run's rest while `role` is in training: by its measured pace, with what comes after it scaled by its work. */
export function restInTraining(plan: RunWork, role: Role, at: TrainingPace): RestOfRun {
  const { stages, validation } = plan.trainings.get(role)!;
  const pace = at.stepSeconds / stages[at.stage]!.work;
  const measured = at.isTailMeasured && validation > 0 ? at.tailSeconds / validation : pace;
  const forward = Math.min(Math.max(measured, leastForward * pace), mostForward * pace);
  let [work, tails, epochsBefore] = [0, 0, 0];
  for (const { epochs, steps, work: ofStep } of stages) {
    const done = Math.min(epochs, Math.max(0, at.epoch - 1 - epochsBefore));
    const isHere = at.epoch > epochsBefore && at.epoch <= epochsBefore + epochs;
    work += ((epochs - done) * steps - (isHere ? at.step : 0)) * ofStep;
    tails += epochs - done;
    epochsBefore += epochs;
  }
  const roles = [...plan.trainings.keys()];
  const later = roles.slice(roles.indexOf(role) + 1);
  const trainings = new Map(later.map((one) => [one, plan.trainings.get(one)!]));
  const seconds = secondsOf(
    { ...plan, imported: 0, trainings },
    { steps: () => at.laterPace, forward, end: at.laterPace, image: 0 },
  );
  const ofLater = trainingSeconds(seconds);
  return {
    steps: work * pace + ofLater.steps,
    validation: tails * at.tailSeconds + ofLater.validation,
    evaluation: seconds.evaluation,
    end: endSeconds(seconds),
  };
}
