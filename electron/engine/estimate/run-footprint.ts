import { largest } from '../../contract/extremes.ts';
import { totalmem } from 'node:os';
import type { Recipe } from '../../contract/recipe.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Role } from '../../contract/run.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { mostAveragesBytes } from '../run-folder/stored-averages.ts';
import { type NetworkCost, teacherBytes, trainingBytes } from '../models/cost.ts';

/** One training of a run. */
export interface CostedTraining {
  role: Role;
  training: TrainingRecipe;
  cost: NetworkCost;
  /** Of the network that it learns from. */
  teacher: NetworkCost | null;
}

export interface Footprint {
  recipe: Recipe;
  trainings: readonly CostedTraining[];
  /** Decoded images, of all parts. */
  images: number;
  testImages: number;
  classes: number;
  seconds: number;
  runtime: Runtime;
}

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

const imageBytes = ({ data }: Recipe): number => data.image.size ** 2 * 3;

const pixelBytes = ({ recipe, images, runtime }: Footprint): { total: number; inMemory: number } => {
  const total = images * imageBytes(recipe);
  const limit = runtime.memory === null ? totalmem() / 4 : runtime.memory * 2 ** 20;
  return { total, inMemory: Math.min(total, limit) };
};

/** Resident memory of a run at its most, estimated: process, decoded images and the largest of its trainings. */
export function memoryBytes(footprint: Footprint): number {
  const { recipe, trainings, runtime } = footprint;
  const steps = trainings.map(({ training: { batchSize }, cost, teacher }) => {
    const slots = batchSlots * batchSize * imageBytes(recipe) * Float32Array.BYTES_PER_ELEMENT;
    const bestWeights = cost.weightBytes;
    return (
      trainingBytes(cost, batchSize) + (teacher ? teacherBytes(teacher, batchSize) : 0) + bestWeights + slots
    );
  });
  const { inMemory } = pixelBytes(footprint);
  return Math.round(processBytes + runtime.workers * workerBytes + inMemory + largest(steps));
}

/** Two checkpoints: weights, two moments and the best weights each. */
const checkpointCopies = 2 * 4;

/** What a run's folder takes at its most, estimated: weights, checkpoints, predictions, augmented ones, curves. */
export function runFolderBytes(footprint: Footprint): number {
  const { recipe, trainings, testImages, classes, seconds } = footprint;
  const student = trainings.find(({ role }) => role === 'student')!;
  const models = [
    ...(recipe.teacher.source === 'train' || !student.teacher ? [] : [student.teacher]),
    ...trainings.map(({ cost }) => cost),
  ];
  const weights = models.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const copies = recipe.exports.includes('safetensors') ? 2 : 1;
  const checkpoint = largest(trainings.map(({ cost }) => cost.weightBytes)) * checkpointCopies;
  const predictions = models.length * testImages * classes * Float32Array.BYTES_PER_ELEMENT;
  const augmented = new Set(recipe.evaluation.tta.counts.filter((count) => count > 0)).size * predictions;
  // Beyond its limit nothing of them is kept.
  const averages = augmented > mostAveragesBytes ? 0 : augmented;
  const metrics = seconds * metricsBytesPerSecond;
  return Math.round(weights * copies + checkpoint + predictions + averages + metrics + otherBytes);
}

/** What a run takes on the disk at its most, estimated: its folder, and images beyond the memory. */
export function diskBytes(footprint: Footprint): number {
  const { total, inMemory } = pixelBytes(footprint);
  return runFolderBytes(footprint) + Math.round(total - inMemory);
}
