import type { Part } from '../../../contract/recipe.ts';

/** How datasets name their parts. */
const named = new Map<string, Part>([
  ['train', 'train'],
  ['training', 'train'],
  ['test', 'test'],
  ['testing', 'test'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
]);

export const partOfName = (name: string): Part | undefined => named.get(name.toLowerCase());
