import type { ImportReport } from '../../electron/contract/dataset.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import type { TrainingRecipe } from '../../electron/contract/recipe/training.ts';
import { mostNameLetters, printable } from '../../electron/contract/recipe-name.ts';
import { baseName } from '../format.ts';
import { cloneOf, newRecipe } from './draft-recipe.ts';

export interface Preset {
  name: string;
  title: string;
  recipe: Recipe;
}

/** Pixels of the median side up to which small networks at 32 px do. */
const smallSide = 64;
/** Training images up to which a few epochs of the smallest networks are a fair first try. */
const fewImages = 5000;

/** The name of the preset that suits a dataset. */
export function proposedName({ train, format }: Pick<ImportReport, 'train' | 'format'>): string {
  if (format === 'gtsrb') return train.images <= fewImages ? 'sample' : 'gtsrb-32';
  if (train.sides.median > smallSide) return 'photos';
  return train.images <= fewImages ? 'small' : 'gtsrb-32';
}

/** Presets whose batch size and epochs follow from the number of training images. */
export const isSized = (preset: string): boolean => preset === 'small' || preset === 'photos';

/** What `suggestTraining` decides on. */
export const lengthOf = ({ batchSize, stages }: TrainingRecipe): string =>
  JSON.stringify([batchSize, stages.map(({ epochs }) => epochs)]);

const sameLength = (training: TrainingRecipe): TrainingRecipe => ({
  ...training,
  batchSize: 0,
  stages: training.stages.map((stage) => ({ ...stage, epochs: 0 })),
});

/** What a person has decided on, beside the dataset and the name. */
function essence(recipe: Recipe, ownLengths: boolean): string {
  const { data, ...rest } = cloneOf(recipe);
  if (!ownLengths) {
    rest.student.training = sameLength(rest.student.training);
    if (rest.teacher.source === 'train') rest.teacher.training = sameLength(rest.teacher.training);
  }
  return JSON.stringify({
    ...rest,
    name: '',
    exports: null,
    data: { ...data, path: null, classNames: null, reading: null, trainClasses: 'all', split: null },
  });
}

/** Whether nobody has changed a recipe since it was new or a preset. `ownLengths`: somebody has chosen batch sizes and epochs. */
export const isUntouched = (recipe: Recipe, presets: readonly Preset[], ownLengths = true): boolean =>
  [newRecipe(), ...presets.map((preset) => preset.recipe)].some(
    (known) => essence(known, ownLengths) === essence(recipe, ownLengths),
  );

/** A preset for the dataset that is chosen already. */
export function withPreset(current: Recipe, preset: Recipe): Recipe {
  const { data, ...rest } = cloneOf(preset);
  const { path, classNames, reading, trainClasses } = cloneOf(current).data;
  return { ...rest, name: current.name, data: { ...data, path, classNames, reading, trainClasses } };
}

/** A name for a recipe of a dataset, of the characters that a recipe's name may have; without a dataset a new recipe's. */
export function nameFor(path: string | null): string {
  if (path === null) return newRecipe().name;
  const name = printable(baseName(path).replace(/\.(zip|csv|tsv|jsonl|parquet)$/i, ''), mostNameLetters);
  // An upload's folder is called by a UUID.
  return name === '' || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(name) ? newRecipe().name : name;
}
