import { totalmem } from 'node:os';
import { batchLayout } from '../../contract/batch-layout.ts';
import { largest } from '../../contract/extremes.ts';
import { needsOf } from '../../contract/methods.ts';
import { optimizerDescriptors } from '../../contract/optimizers.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { readsStoredLogits } from '../../contract/stored-logits.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { stepsPerEpoch } from '../../contract/training-steps.ts';
import { fileTeacherBytes, teacherBytes, trainingBytes } from '../models/cost.ts';
import { lastLayer } from '../models/last-layer.ts';
import { mostAveragesBytes } from '../run-folder/stored-averages.ts';
import type { PlannedTraining, RunPlan } from './run-plan.ts';

/**
 * Node, the libraries and what import leaves behind: a run on the sample was resident with 470 MB, a bare step of its teacher
 * takes 110. And each worker thread with what it decodes.
 */
const processBytes = 300e6;
const workerBytes = 40e6;
/** Batches in memory at a time (data/loader.ts). */
const batchSlots = 4;
/** Curves: two steps a second and role (runs/metrics.ts), each of so many bytes. */
const metricsBytesPerSecond = 2 * 420;
/** The report with its images, log, recipe and results. */
const otherBytes = 3e6;
const floatBytes = Float32Array.BYTES_PER_ELEMENT;
/** A value in a store of teacher logits: half precision. */
const storedLogitBytesEach = Uint16Array.BYTES_PER_ELEMENT;

/** Values of an image of this size. */
const valuesOf = (size: number): number => size ** 2 * 3;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Numbers that a training keeps for each weight beside it. */
const keptOf = ({ optimizer, ema }: TrainingRecipe): number =>
  optimizerDescriptors[optimizer.name].moments + (ema === null ? 0 : 1);

/** Decoded images, a byte a value: all, and as many as lie in memory. */
function pixelBytes({ decoded }: RunPlan, { memory }: Runtime): { total: number; inMemory: number } {
  const limit = memory === null ? totalmem() / 4 : memory * 2 ** 20;
  const stores = decoded.map(({ images, size }) => images * valuesOf(size));
  return {
    total: sum(stores, (bytes) => bytes),
    inMemory: sum(stores, (bytes) => Math.min(bytes, limit)),
  };
}

/** Resident memory of a run at its most, estimated: process, decoded images and the largest of its trainings. */
export function memoryBytes(plan: RunPlan, runtime: Runtime): number {
  const steps = [...plan.trainings.values()].map(
    ({ batchSize, training, network: { cost, image }, teachers }) => {
      const sizes = new Set([image, ...teachers.map((teacher) => teacher.image)].map(({ size }) => size));
      const slots = batchSlots * batchSize * sum([...sizes], valuesOf) * floatBytes;
      const bestWeights = cost.weightBytes;
      const ofTeachers = sum(teachers, (teacher) =>
        'file' in teacher ? fileTeacherBytes(teacher.file.bytes) : teacherBytes(teacher.cost, batchSize),
      );
      return trainingBytes(cost, batchSize, keptOf(training)) + ofTeachers + bestWeights + slots;
    },
  );
  const { inMemory } = pixelBytes(plan, runtime);
  return Math.round(processBytes + runtime.workers * workerBytes + inMemory + largest(steps));
}

/** Two checkpoints, each of weights, best weights and what else is kept of each. */
const checkpointBytes = ({ training, network: { cost } }: PlannedTraining): number =>
  2 * (2 + keptOf(training)) * cost.weightBytes;

/**
 * What a run's folder takes at its most, estimated: weights, checkpoints, predictions, augmented ones, and the curves of a run of so
 * many seconds.
 */
export function runFolderBytes({ recipe, counts, networks, trainings }: RunPlan, seconds: number): number {
  const weights = sum(networks, ({ weightBytes }) => weightBytes);
  const exported = recipe.exports.includes('safetensors')
    ? sum(networks, ({ weightBytes, isExported }) => (isExported ? weightBytes : 0))
    : 0;
  const checkpoint = largest([...trainings.values()].map(checkpointBytes));
  const predictions = networks.length * counts.test * counts.classes * floatBytes;
  const augmented = new Set(recipe.evaluation.tta.counts.filter((count) => count > 0)).size * predictions;
  // Beyond its limit nothing of them is kept.
  const averages = augmented > mostAveragesBytes ? 0 : augmented;
  const metrics = seconds * metricsBytesPerSecond;
  return Math.round(weights + exported + checkpoint + predictions + averages + metrics + otherBytes);
}

/**
 * What the stores of teacher logits take that a run begins with none of, one a teacher: for the images of every epoch of the student's
 * training, and for validation.
 */
export function storedLogitBytes({ recipe, counts, trainings }: RunPlan): number {
  const { data, distillation } = recipe;
  const student = trainings.get('student');
  if (!student || !readsStoredLogits(recipe)) return 0;
  const { train, validation, unlabelled, classes } = counts;
  const epochs = sum(student.stages, (stage) => stage.epochs);
  const layout = batchLayout(recipe, { labelled: train, unlabelled });
  const drawn = stepsPerEpoch(train, layout.labelled) * layout.unlabelled;
  // Without augmentation all epochs show the same images.
  const images = data.augment === null ? train + unlabelled : epochs * (train + drawn);
  const keepsPenultimate = distillation.terms.some((term) => needsOf(term).teacher === 'penultimate');
  const columns = sum(student.teachers, (teacher) =>
    keepsPenultimate && !('file' in teacher) ? classes + lastLayer(teacher.model).units : classes,
  );
  return (images + validation) * columns * storedLogitBytesEach;
}

/** What a run of so many seconds takes on the disk at its most, estimated: its folder, images beyond the memory, and the stored logits. */
export function diskBytes(
  plan: RunPlan,
  seconds: number,
  { runtime, storesLogits }: { runtime: Runtime; storesLogits: boolean },
): number {
  const { total, inMemory } = pixelBytes(plan, runtime);
  const logits = storesLogits ? storedLogitBytes(plan) : 0;
  return runFolderBytes(plan, seconds) + Math.round(total - inMemory) + logits;
}
