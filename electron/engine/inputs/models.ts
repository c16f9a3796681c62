import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { imageSentence } from '../../contract/start-weights.ts';
import { createModel, type Model } from '../models/index.ts';
import { covering } from '../models/covering.ts';
import { applyWeights } from '../models/weights/apply.ts';
import { coversIn, imageIn } from '../models/weights/metadata.ts';
import { type ModelFile, readModelFile } from '../models/weights/save.ts';
import { random } from '../numbers/random.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { openStart, startSentence } from './given-weights.ts';

/** Takes a sentence for the log of the run. */
export type Log = (level: 'info' | 'warn', message: string) => void;

/** Student and baseline start from the same weights; the teacher from others. */
export function modelSeed(recipe: Recipe, role: Role): number {
  return random(recipe.seed, 'model', role === 'teacher' ? 'teacher' : 'student').integer(0x7fffffff);
}

/** Throws WEIGHTS_MISMATCH where a network's classes are not those of the dataset. */
export function refuseOtherClasses(
  file: string,
  own: readonly string[],
  classNames: readonly string[],
): void {
  if (own.length === classNames.length && own.every((name, i) => name === classNames[i])) return;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The model in ${file} has ${own.length} classes that are not those of the dataset (${classNames.length}).`,
    'Use a model that was trained on the same list of classes, in the same order.',
  );
}

/** A file that this program wrote of a model. Throws WEIGHTS_MISMATCH where the model knows other classes. */
export async function readOwnFile(file: string, classNames: readonly string[]): Promise<ModelFile> {
  const stored = await readModelFile(file);
  refuseOtherClasses(file, stored.classNames, classNames);
  return stored;
}

/** A model from a file that this program wrote; throws as readOwnFile does. */
export const loadModel = async (file: string, classNames: readonly string[]): Promise<Model> =>
  (await loadOwn(file, classNames)).model;

/** The same with its own preprocessing; null: that of the run's recipe. */
export async function loadOwn(
  file: string,
  classNames: readonly string[],
): Promise<{ model: Model; image: ImageRecipe | null }> {
  const { recipe, weights, metadata } = await readOwnFile(file, classNames);
  const model = createModel(recipe, classNames.length, 0);
  applyWeights(model, weights, 'strict', file);
  return { model: covering(model, coversIn(metadata) ?? null), image: imageIn(metadata) ?? null };
}

/** The weights of a run's model that teaches. Throws NOT_FOUND where it is not trained yet. */
export function teachersFile(run: RunFolder, role: Role): string {
  if (run.finished.some((one) => one.role === role)) return run.weightsFile(role);
  throw new DistillError(
    'NOT_FOUND',
    `The run ${run.folder} has no trained ${role} yet.`,
    'Resume that run first, or name another role in teacher.role.',
  );
}

/**
 * A fresh model, from weights where some are given: what fits is taken, such as a body with another head. `isBegun`: a checkpoint has
 * all of its weights, so that those are not looked for.
 */
export async function startModel(
  recipe: Recipe,
  role: Role,
  classes: number,
  log: Log,
  { isBegun = false } = {},
): Promise<Model> {
  const source = role === 'teacher' ? recipe.teacher : recipe.student;
  if (!('weights' in source)) throw new Error('This teacher is not trained.');
  const model = createModel(source.model, classes, modelSeed(recipe, role));
  if (source.weights !== null && !isBegun) {
    const given = await openStart(source.weights, source.model, classes);
    applyWeights(model, given.tensors, 'lenient', given.named.file);
    const { level, message } = startSentence(role, source.model, given);
    log(level, message);
    const { published } = given.named;
    if (published) log('info', imageSentence(published, imageOf(recipe, role)));
  }
  return model;
}
