import { totalmem } from 'node:os';
import { largest } from '../../contract/extremes.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { teacherBytes, trainingBytes } from '../models/cost.ts';
import { mostAveragesBytes } from '../run-folder/stored-averages.ts';
import type { RunPlan } from './run-plan.ts';

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

/** Values of an image of this size. */
const valuesOf = (size: number): number => size ** 2 * 3;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

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
  const steps = [...plan.trainings.values()].map(({ batchSize, network: { cost, image }, teacher }) => {
    const own = teacher && teacher.image.size !== image.size ? valuesOf(teacher.image.size) : 0;
    const slots = batchSlots * batchSize * (valuesOf(image.size) + own) * floatBytes;
    const bestWeights = cost.weightBytes;
    const ofTeacher = teacher ? teacherBytes(teacher.cost, batchSize) : 0;
    return trainingBytes(cost, batchSize) + ofTeacher + bestWeights + slots;
  });
  const { inMemory } = pixelBytes(plan, runtime);
  return Math.round(processBytes + runtime.workers * workerBytes + inMemory + largest(steps));
}

/** Two checkpoints: weights, two moments and the best weights each. */
const checkpointCopies = 2 * 4;

/**
 * What a run's folder takes at its most, estimated: weights, checkpoints, predictions, augmented ones, and the curves of a run of so
 * many seconds.
 */
export function runFolderBytes({ recipe, counts, networks, trainings }: RunPlan, seconds: number): number {
  const weights = sum(networks, ({ cost }) => cost.weightBytes);
  const copies = recipe.exports.includes('safetensors') ? 2 : 1;
  const trained = [...trainings.values()].map(({ network }) => network.cost.weightBytes);
  const checkpoint = largest(trained) * checkpointCopies;
  const predictions = networks.length * counts.test * counts.classes * floatBytes;
  const augmented = new Set(recipe.evaluation.tta.counts.filter((count) => count > 0)).size * predictions;
  // Beyond its limit nothing of them is kept.
  const averages = augmented > mostAveragesBytes ? 0 : augmented;
  const metrics = seconds * metricsBytesPerSecond;
  return Math.round(weights * copies + checkpoint + predictions + averages + metrics + otherBytes);
}

/** What a run of so many seconds takes on the disk at its most, estimated: its folder, and images beyond the memory. */
export function diskBytes(plan: RunPlan, seconds: number, runtime: Runtime): number {
  const { total, inMemory } = pixelBytes(plan, runtime);
  return runFolderBytes(plan, seconds) + Math.round(total - inMemory);
}
