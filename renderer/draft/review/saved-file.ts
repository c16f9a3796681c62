import { shallowRef } from 'vue';
import type { Recipe } from '../../../electron/contract/recipe.ts';

const saved = shallowRef<{ file: string; text: string } | null>(null);

export function rememberSaved(file: string, recipe: Recipe): void {
  saved.value = { file, text: JSON.stringify(recipe) };
}

/** The file that holds exactly this recipe; null where there is none that is known of. */
export const savedFile = (recipe: Recipe): string | null =>
  saved.value?.text === JSON.stringify(recipe) ? saved.value.file : null;
