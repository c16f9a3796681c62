import { largest } from '../../contract/extremes.ts';
import type { ModelRecipe, Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/result.ts';
import { stepsPerEpoch, totalEpochs } from '../../contract/training-steps.ts';
import { countMacs, type Model, previewModel } from '../models/index.ts';
import type { PreparedData } from './prepared-data.ts';

/** One training of a run, in multiply-accumulates, which its time is about proportional to. */
export interface PlannedTraining {
  steps: number;
  /** Of one step: three forward passes' worth for the model that learns, one for its teacher. */
  macsPerStep: number;
}

/** A step's cost: a backward pass takes about twice a forward one. */
const stepMacs = (batchSize: number, student: number, teacher = 0): number =>
  batchSize * (3 * student + teacher);

/** What is to be trained here, in order. */
export function rolesToTrain(recipe: Recipe): { role: Role; training: TrainingRecipe }[] {
  const { teacher, student } = recipe;
  return [
    ...(teacher.source === 'train' ? [{ role: 'teacher' as const, training: teacher.training }] : []),
    { role: 'student', training: student.training },
    ...(recipe.baseline ? [{ role: 'baseline' as const, training: student.training }] : []),
  ];
}

/** Images that judging passes through each network: test images and validation part as they are, and test-time augmentation. */
export function judgedImages({ evaluation }: Recipe, testImages: number, validationImages: number): number {
  const { counts } = evaluation.tta;
  const copies = counts.length === 0 ? 0 : largest(counts) + 1;
  return testImages * (1 + copies) + validationImages;
}

/**
 * Evaluation runs kernel by kernel: a forward pass takes half of a recorded training step's time, not the third that its work
 * makes up (between 0.4 and 0.6 for networks of more than a few milliseconds).
 */
export const untraced = 1.5;

/** The work of a run from its first training on. */
export interface RunPlan {
  /** In order. */
  trainings: ReadonlyMap<Role, PlannedTraining>;
  /** Of all forward passes of the evaluation, in the multiply-accumulates of a training. */
  judgingMacs: number;
}

/** The work of a run; `given` is the teacher where it is not trained here. Steps are `traced`, or run kernel by kernel. */
export function planRun(
  recipe: Recipe,
  { classes, split, test }: Pick<PreparedData, 'classes' | 'split'> & { test: { count: number } },
  given: Model | null,
  traced: boolean,
): RunPlan {
  const { size } = recipe.data.image;
  const planned = (model: ModelRecipe) =>
    previewModel(model, classes.length, size).reduce((sum, { macs }) => sum + macs, 0);
  const student = planned(recipe.student.model);
  const teacher =
    'model' in recipe.teacher ? planned(recipe.teacher.model) : given ? countMacs(given, size) : 0;
  const trainings = new Map<Role, PlannedTraining>();
  for (const { role, training } of rolesToTrain(recipe)) {
    const images = split.train.length;
    const batchSize = Math.min(training.batchSize, images);
    const steps = stepsPerEpoch(images, batchSize) * totalEpochs(training.stages);
    const [learner, helper] = role === 'teacher' ? [teacher, 0] : [student, role === 'student' ? teacher : 0];
    trainings.set(role, { steps, macsPerStep: stepMacs(batchSize, learner, helper) });
  }
  const judged = teacher + student + (recipe.baseline ? student : 0);
  const forwards = judged * judgedImages(recipe, test.count, split.validation.length);
  return { trainings, judgingMacs: (traced ? untraced : 1) * forwards };
}

/**
 * The whole run's remaining seconds while `role` is in training: that training's remainder as measured, and the trainings and the
 * evaluation after it by its rate, scaled with their work. The exports, about a second, are not foreseen.
 */
export function remainingRunSeconds(
  { trainings, judgingMacs }: RunPlan,
  role: Role,
  secondsPerStep: number,
  remainingSteps: number,
): number {
  const roles = [...trainings.keys()];
  const later = roles.slice(roles.indexOf(role) + 1).map((one) => trainings.get(one)!);
  const laterMacs = later.reduce((sum, { steps, macsPerStep }) => sum + steps * macsPerStep, judgingMacs);
  return secondsPerStep * (remainingSteps + laterMacs / trainings.get(role)!.macsPerStep);
}
