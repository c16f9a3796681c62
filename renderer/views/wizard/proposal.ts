import type { ImportReport } from '../../../electron/contract/dataset.ts';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import { baseName } from '../../format.ts';
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
  if (train.sides.median > smallSide && format !== 'gtsrb') return 'gtsrb-notebook';
  return train.images <= fewImages ? 'sample' : 'gtsrb-32';
}

/** What a person has decided on, beside the dataset and the name. */
function essence(recipe: Recipe): string {
  const { data, ...rest } = cloneOf(recipe);
  return JSON.stringify({
    ...rest,
    name: '',
    exports: null,
    data: { ...data, path: null, classNames: null, reading: null, trainClasses: 'all', split: null },
  });
}

/** Whether nobody has changed a recipe since it was new or a preset. */
export const isUntouched = (recipe: Recipe, presets: readonly Preset[]): boolean =>
  [newRecipe(), ...presets.map((preset) => preset.recipe)].some(
    (known) => essence(known) === essence(recipe),
  );

/** A preset for the dataset that is chosen already. */
export function withPreset(current: Recipe, preset: Recipe): Recipe {
  const { data, ...rest } = cloneOf(preset);
  const { path, classNames, reading, trainClasses } = cloneOf(current).data;
  return { ...rest, name: current.name, data: { ...data, path, classNames, reading, trainClasses } };
}

/** A name for a recipe of a dataset, of the characters that a recipe's name may have. */
export function nameFor(path: string): string {
  const name = baseName(path)
    .replace(/\.(zip|csv)$/i, '')
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')
    .slice(0, 80);
  // An upload's folder is called by a UUID.
  return name === '' || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(name) ? newRecipe().name : name;
}
