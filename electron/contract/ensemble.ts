import { baseName } from './base-name.ts';
import type { EnsembleRecipe, GivenTeacher } from './recipe/teacher.ts';

/** How much each member counts: its weight over the sum of all. */
export function sharesOf({ members }: EnsembleRecipe): number[] {
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return members.map(({ weight }) => weight / sum);
}

/** What a member is called in a sentence: by its run, or by its file. */
export const memberName = (teacher: GivenTeacher): string =>
  teacher.source === 'run'
    ? `the ${teacher.role} of “${baseName(teacher.path)}”`
    : `“${baseName(teacher.path)}”`;
