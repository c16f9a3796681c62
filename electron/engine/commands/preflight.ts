import { stat } from 'node:fs/promises';
import type { Recipe } from '../../contract/recipe.ts';
import { checkDataset } from '../data/import.ts';
import { fileError } from '../files.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { dataPathOf } from './prepared-data.ts';

/**
 * Looks at everything that a recipe names before a folder is made for its run: the dataset's layout, files of weights and class
 * names, the teacher's run. Throws what is wrong with the first of them: NOT_FOUND, UNSUPPORTED_FORMAT, DATASET_EMPTY, ...
 */
export async function preflight(recipe: Recipe, dataPath: string | null, signal: AbortSignal): Promise<void> {
  const { data, teacher, student } = recipe;
  await checkDataset(dataPathOf(recipe, dataPath), signal);
  const files = [data.classNames, student.weights, ...(teacher.source === 'train' ? [teacher.weights] : [])];
  if (teacher.source === 'weights') files.push(teacher.path);
  for (const file of files) {
    if (file === null) continue;
    await stat(file).catch((thrown: unknown) => {
      throw fileError(thrown, file);
    });
  }
  if (teacher.source === 'run') await RunFolder.open(teacher.path);
}
