import type { RunEstimate } from '../../contract/estimate.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { rolesToTrain } from '../../contract/run.ts';
import type { Handlers } from '../../contract/services.ts';
import { stepsPerEpoch, totalEpochs } from '../../contract/training-steps.ts';
import { readingRate } from '../data/reading-rate.ts';
import { forwardWork, type NetworkCost, networkCost } from '../models/cost.ts';
import { measuredSpeeds, teacherModel } from './earlier-runs.ts';
import { evaluatedImages, plannedStages, untraced } from './eta.ts';
import { stepRate } from './machine-rate.ts';
import { endSeconds, planEnd } from './run-end.ts';
import { type CostedTraining, diskBytes, memoryBytes } from './run-footprint.ts';
import { readSettings } from '../user/settings.ts';

/** The trainings of a run with what they cost, in their order. */
export async function costedTrainings(recipe: Recipe, classes: number): Promise<CostedTraining[]> {
  const { size } = recipe.data.image;
  const model = await teacherModel(recipe.teacher);
  const teacher = model && networkCost(model, classes, size);
  const student = networkCost(recipe.student.model, classes, size);
  return rolesToTrain(recipe).map(({ role, training }) => ({
    role,
    training,
    cost: role === 'teacher' ? teacher! : student,
    teacher: role === 'student' ? teacher : null,
  }));
}

const forwards = (networks: readonly (NetworkCost | null)[]): number =>
  untraced * networks.reduce((sum, network) => sum + (network ? forwardWork(network) : 0), 0);

/** Work of an average step: stages may freeze groups. */
function averageStepWork({ training, cost, teacher }: CostedTraining, images: number): number {
  const stages = plannedStages(training, images, cost, teacher);
  return stages.reduce((sum, { epochs, work }) => sum + epochs * work, 0) / totalEpochs(training.stages);
}

/**
 * Time, memory and disk of a run on this machine. A role's seconds are its steps and validations. Steps are as fast as in the
 * newest completed run that had the same ones, else by the rate of a small network's steps; validation and evaluation always by
 * that rate; images are read as fast as they were last. Early stopping is not foreseen. The basis is 'measured' where every
 * role's steps were.
 */
export const estimateRun: Handlers['training']['estimate'] = async (input, context) => {
  const { recipe, trainImages, validationImages, teacherImages, testImages, classes, runtime } = input;
  const { backend, workPerMs } = await stepRate(runtime);
  const seconds = (work: number) => work / workPerMs / 1000;
  const { runsFolder } = await readSettings({}, context);
  const speeds = await measuredSpeeds(runsFolder, recipe, runtime, backend);
  const trainings = await costedTrainings(recipe, classes);
  const roles = trainings.map((one): RunEstimate['roles'][number] => {
    const { role, training, cost, teacher } = one;
    const epochs = totalEpochs(training.stages);
    const own = { train: trainImages, validation: validationImages };
    const images = role === 'teacher' ? (teacherImages ?? own) : own;
    const batchSize = Math.min(training.batchSize, images.train);
    const steps = stepsPerEpoch(images.train, batchSize) * epochs;
    const imagesPerSecond = speeds.get(role) ?? batchSize / seconds(averageStepWork(one, images.train));
    const validation = seconds(epochs * images.validation * forwards([cost, teacher]));
    return { role, seconds: (steps * batchSize) / imagesPerSecond + validation, steps, imagesPerSecond };
  });
  const evaluated = trainings.flatMap(({ role, cost, teacher }) =>
    role === 'student' && recipe.teacher.source !== 'train' ? [cost, teacher] : [cost],
  );
  const passes = evaluatedImages(recipe, testImages, validationImages);
  const student = networkCost(recipe.student.model, classes, recipe.data.image.size);
  const end = planEnd(
    recipe,
    { train: trainImages, validation: validationImages, test: testImages },
    student,
  );
  const { latency, exports, calibration, checks } = endSeconds(end, seconds(1));
  const exportSeconds = exports + calibration + checks;
  const evaluationSeconds = seconds(passes * forwards(evaluated)) + latency;
  const importSeconds = (trainImages + validationImages + testImages) / readingRate();
  const trainingSeconds = roles.reduce((sum, role) => sum + role.seconds, 0);
  const totalSeconds = importSeconds + trainingSeconds + evaluationSeconds + exportSeconds;
  const footprint = {
    recipe,
    trainings,
    images:
      Math.max(
        trainImages + validationImages,
        (teacherImages?.train ?? 0) + (teacherImages?.validation ?? 0),
      ) + testImages,
    testImages,
    classes,
    seconds: totalSeconds,
    runtime,
  };
  return {
    roles,
    importSeconds,
    evaluationSeconds,
    exportSeconds,
    totalSeconds,
    memoryBytes: memoryBytes(footprint),
    diskBytes: diskBytes(footprint),
    basis: trainings.every(({ role }) => speeds.has(role)) ? 'measured' : 'estimated',
    backend,
  };
};
