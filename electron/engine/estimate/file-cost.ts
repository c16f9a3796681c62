import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { OnnxTeacherRecipe } from '../../contract/recipe/teacher.ts';
import { sessionThreads } from '../backend/onnxruntime/session-options.ts';
import type { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import { filesOf } from '../deployed/onnx/files.ts';
import { readOnnxHeader } from '../deployed/onnx/header.ts';
import { openOnnxTeacherNetwork } from '../inputs/onnx-teacher.ts';
import type { DescribedFile } from './described-training.ts';

/** Images of a call, and calls: some tenths of a second for a ResNet-50 at 224 pixels. */
const images = 4;
const calls = 2;
/** A network that takes longer is not called again. */
const longSeconds = 0.5;

const bytesOf = async (files: readonly string[]): Promise<number> => {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Seconds of an opened network's forward pass for an image: the least of some calls, of which the first is left out. */
export function secondsAnImage(model: OnnxClassifier): number {
  const n = model.facts.fed.batch ?? images;
  const batch = new Float32Array(n * model.facts.input.size ** 2 * 3).fill(0.5);
  let best = Infinity;
  for (let call = 0; call <= calls; call++) {
    const start = performance.now();
    model.logits(batch, n);
    const seconds = (performance.now() - start) / 1000;
    if (call > 0 || seconds > longSeconds) best = Math.min(best, seconds);
    if (seconds > longSeconds) break;
  }
  return best / n;
}

/** By file, its state, and what changes its work. Gone with the process; a failure is not kept. */
const known = new Map<string, Promise<{ image: ImageRecipe; bytes: number; seconds: number }>>();
const mostKnown = 32;

async function measure(teacher: OnnxTeacherRecipe, recipes: ImageRecipe) {
  const { model, image } = await openOnnxTeacherNetwork(teacher, recipes);
  try {
    return { image, bytes: await bytesOf(filesOf(model.facts)), seconds: secondsAnImage(model) };
  } finally {
    model.dispose();
  }
}

/**
 * A teacher in an ONNX file: measured on this machine when it is first asked for, and kept for the process. `secondsPerWork`: of a
 * multiply-accumulate of training steps. null: it cannot be read.
 */
export async function measuredFile(
  teacher: OnnxTeacherRecipe,
  recipes: ImageRecipe,
  secondsPerWork: number,
): Promise<DescribedFile | null> {
  const state = await stat(teacher.path).catch(() => null);
  if (state === null) return null;
  const { path: file, hints, features } = teacher;
  const key = JSON.stringify([file, state.mtimeMs, state.size, hints, features, recipes, sessionThreads()]);
  let measured = known.get(key);
  if (!measured) {
    measured = measure(teacher, recipes);
    if (known.size >= mostKnown) known.clear();
    known.set(key, measured);
    measured.catch(() => known.delete(key));
  }
  const found = await measured.catch(() => null);
  if (found === null) return null;
  const { image, bytes, seconds } = found;
  return { image, file: { bytes, work: seconds / secondsPerWork } };
}

/** The same where only its bytes matter: nothing is opened. null: it cannot be read. */
export async function unmeasuredFile(
  { path: file }: OnnxTeacherRecipe,
  image: ImageRecipe,
): Promise<DescribedFile | null> {
  try {
    const { externalFiles } = await readOnnxHeader(file);
    const beside = externalFiles.map((name) => path.join(path.dirname(file), name));
    return { image, file: { bytes: await bytesOf([file, ...beside]), work: 0 } };
  } catch {
    return null;
  }
}
