import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import type { PreparedData, PrepareOptions } from '../data/prepared-data.ts';
import type { Log } from '../inputs/models.ts';
import { keepOnnxTeacher } from '../inputs/onnx-teacher.ts';
import type { ReadTeacher } from '../inputs/read-teacher.ts';
import { type Classifier, isModel } from '../models/index.ts';
import { saveModel } from '../models/weights/save.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { NetworkName } from '../run-folder/run-paths.ts';
import { checkGivenTeacher } from './check-teacher.ts';

export interface TakeTeacherOptions<Teacher> {
  run: RunFolder;
  teacher: Teacher;
  data: PreparedData;
  /** How `data` was prepared. */
  prepare: PrepareOptions;
  log: Log;
}

/** Evaluates a network that is to teach on held-out images as it sees them. Throws as checkGivenTeacher does. */
export function checkNetwork(
  { model, trials, scores, dataset }: ReadTeacher,
  seen: { recipe: Recipe; data: PreparedData },
  { workers, signal }: PrepareOptions,
  log: Log,
): Promise<void> {
  return checkGivenTeacher({
    model,
    ...seen,
    trials,
    expected: scores === null ? null : (scores.validation ?? scores.test).accuracy,
    isOfThisDataset: dataset === seen.data.report.fingerprint,
    workers,
    signal,
    log,
  });
}

/** Writes a given network into the run's folder, with how it sees the images; gives its files there. */
export async function keepNetwork(
  run: RunFolder,
  name: NetworkName,
  model: Classifier,
  image: ImageRecipe,
  classNames: string[],
): Promise<string[]> {
  if (model instanceof OnnxClassifier) return keepOnnxTeacher(run, { model, image }, classNames, name);
  if (!isModel(model)) throw new Error('This teacher cannot be kept.');
  const file = await run.prepare('weights', `${name}.safetensors`);
  const extra: Record<string, string> = model.covers ? { covers: JSON.stringify(model.covers) } : {};
  await saveModel(file, model, { classNames, image, extra });
  return [file];
}
