import type { Recipe } from '../../contract/recipe.ts';
import type { Phase } from '../../contract/run.ts';

/** What a run of this recipe goes through, in order. */
export const phasesOf = (recipe: Recipe): Phase[] => [
  'import',
  'decode',
  'teacher',
  'student',
  ...(recipe.baseline ? (['baseline'] as const) : []),
  'evaluate',
  'export',
];
