import type { ModelRecipe, Recipe, TrainingRecipe } from '../../contract/recipe.ts';
import type { Role } from '../../contract/result.ts';
import { countMacs, type Model, previewModel } from '../models/index.ts';
import { stepsPerEpoch, totalEpochs } from '../train/schedule.ts';
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

/** The work of each training of a run, in order; `given` is the teacher where it is not trained here. */
export function planTrainings(
  recipe: Recipe,
  data: PreparedData,
  given: Model | null,
): Map<Role, PlannedTraining> {
  const { size } = recipe.data.image;
  const classes = data.classes.length;
  const planned = (model: ModelRecipe) =>
    previewModel(model, classes, size).reduce((sum, { macs }) => sum + macs, 0);
  const student = planned(recipe.student.model);
  const teacher =
    'model' in recipe.teacher ? planned(recipe.teacher.model) : given ? countMacs(given, size) : 0;
  const plan = new Map<Role, PlannedTraining>();
  for (const { role, training } of rolesToTrain(recipe)) {
    const images = data.split.train.length;
    const batchSize = Math.min(training.batchSize, images);
    const steps = stepsPerEpoch(images, batchSize) * totalEpochs(training.stages);
    const [learner, helper] = role === 'teacher' ? [teacher, 0] : [student, role === 'student' ? teacher : 0];
    plan.set(role, { steps, macsPerStep: stepMacs(batchSize, learner, helper) });
  }
  return plan;
}

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
