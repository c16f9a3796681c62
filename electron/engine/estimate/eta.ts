import { largest } from '../../contract/extremes.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { type Role, rolesToTrain } from '../../contract/run.ts';
import { stepsPerEpoch } from '../../contract/training-steps.ts';
import { forwardWork, type NetworkCost, networkCost, stepWork } from '../models/cost.ts';
import { type EndPlan, endSeconds, planEnd, wholeEnd } from './run-end.ts';
import type { Model } from '../models/index.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import type { TeacherView } from '../inputs/teacher-view.ts';

/** The work of a run, in the multiply-accumulates of models/cost.ts, which its time is about proportional to. */
export interface RunPlan {
  /** In order. */
  trainings: ReadonlyMap<Role, PlannedTraining>;
  /** Of all forward passes of the evaluation, one entry a model. */
  evaluation: readonly number[];
  /** What follows: latency, exports. */
  end: EndPlan;
}

export interface PlannedTraining {
  /** Of all stages. */
  stages: readonly PlannedStage[];
  /** Of the forward passes after each epoch. */
  validation: number;
}

export interface PlannedStage {
  epochs: number;
  /** In an epoch. */
  steps: number;
  /** Of one step. */
  work: number;
}

/** Images that evaluation passes through each network: test images and validation part as they are, and test-time augmentation. */
export function evaluatedImages(
  { evaluation }: Recipe,
  testImages: number,
  validationImages: number,
): number {
  const { counts } = evaluation.tta;
  const copies = counts.length === 0 ? 0 : largest(counts) + 1;
  return testImages * (1 + copies) + validationImages;
}

/**
 * Evaluation runs kernel by kernel: a forward pass takes half of a recorded training step's time, not the third that its work
 * makes up (between 0.4 and 0.6 for networks of more than a few milliseconds).
 */
export const untraced = 1.5;

/** The stages of a training with a step's work in each, the teacher's answers included. */
export function plannedStages(
  training: TrainingRecipe,
  images: number,
  cost: NetworkCost,
  teacher: NetworkCost | null,
): PlannedStage[] {
  const batchSize = Math.min(training.batchSize, images);
  const steps = stepsPerEpoch(images, batchSize);
  const asked = teacher ? batchSize * forwardWork(teacher) : 0;
  return training.stages.map(({ epochs, freezeTo }) => ({
    epochs,
    steps,
    work: stepWork(cost, batchSize, freezeTo) + asked,
  }));
}

interface GivenTeacher {
  model: Model;
  view?: TeacherView | null;
}

type PlannedData = Pick<PreparedData, 'classes' | 'split' | 'teacherSplit'> & { test: { count: number } };

/** The work of a run; `given` is the teacher where it is not trained here. Steps are `traced`, or run kernel by kernel. */
export function planRun(
  recipe: Recipe,
  { classes, split, teacherSplit, test }: PlannedData,
  given: GivenTeacher | null,
  traced: boolean,
): RunPlan {
  const { size } = recipe.data.image;
  const factor = traced ? untraced : 1;
  const costOf = (model: ModelRecipe, pixels = size) => networkCost(model, classes.length, pixels);
  const student = costOf(recipe.student.model);
  const known = given?.model.recipe ?? ('model' in recipe.teacher ? recipe.teacher.model : null);
  const teacher = known ? costOf(known, given?.view?.recipe.data.image.size) : null;
  const trainings = new Map<Role, PlannedTraining>();
  for (const { role, training } of rolesToTrain(recipe)) {
    const learner = role === 'teacher' ? teacher! : student;
    const helper = role === 'student' ? teacher : null;
    const { train, validation } = role === 'teacher' ? teacherSplit : split;
    const forward = forwardWork(learner) + (helper ? forwardWork(helper) : 0);
    trainings.set(role, {
      stages: plannedStages(training, train.length, learner, helper),
      validation: factor * validation.length * forward,
    });
  }
  const passes = factor * evaluatedImages(recipe, test.count, split.validation.length);
  const evaluated = [...(teacher ? [teacher] : []), student, ...(recipe.baseline ? [student] : [])];
  const images = { train: split.train.length, validation: split.validation.length, test: test.count };
  return {
    trainings,
    evaluation: evaluated.map((network) => passes * forwardWork(network)),
    end: planEnd(recipe, images, student),
  };
}

/** Where a training is and how fast it goes. */
export interface TrainingPace {
  /** 0-based. */
  stage: number;
  /** Over all stages, 1-based; the steps of it that are done. */
  epoch: number;
  step: number;
  /** Of this stage. */
  stepSeconds: number;
  /** Seconds for a multiply-accumulate of the trainings that are still to come. */
  laterPace: number;
  /** What follows the steps of an epoch, and whether that was measured. */
  tailSeconds: number;
  isTailMeasured: boolean;
}

/** What takes the rest of a run, in seconds. */
export type RestOfRun = Record<'steps' | 'validation' | 'evaluation' | 'end', number>;

/** A measured validation also has a checkpoint in it: it is believed to tell of the evaluation within these bounds. */
const [leastForward, mostForward] = [0.5, 2];

/** The whole run's rest while `role` is in training: by its measured pace, with what comes after it scaled by its work. */
export function restInTraining(plan: RunPlan, role: Role, at: TrainingPace): RestOfRun {
  const { stages, validation } = plan.trainings.get(role)!;
  const pace = at.stepSeconds / stages[at.stage]!.work;
  const measured = at.isTailMeasured && validation > 0 ? at.tailSeconds / validation : pace;
  const forward = Math.min(Math.max(measured, leastForward * pace), mostForward * pace);
  let [steps, tails, epochsBefore] = [0, 0, 0];
  for (const { epochs, steps: perEpoch, work } of stages) {
    const done = Math.min(epochs, Math.max(0, at.epoch - 1 - epochsBefore));
    const isHere = at.epoch > epochsBefore && at.epoch <= epochsBefore + epochs;
    steps += ((epochs - done) * perEpoch - (isHere ? at.step : 0)) * work * pace;
    tails += epochs - done;
    epochsBefore += epochs;
  }
  let validations = tails * at.tailSeconds;
  const roles = [...plan.trainings.keys()];
  for (const later of roles.slice(roles.indexOf(role) + 1)) {
    const training = plan.trainings.get(later)!;
    for (const stage of training.stages) {
      steps += stage.epochs * stage.steps * stage.work * at.laterPace;
      validations += stage.epochs * training.validation * forward;
    }
  }
  const evaluation = plan.evaluation.reduce((sum, work) => sum + work * forward, 0);
  return { steps, validation: validations, evaluation, end: wholeEnd(endSeconds(plan.end, at.laterPace)) };
}
