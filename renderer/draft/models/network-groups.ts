import { architectureDescriptors } from '../../../electron/contract/architectures.ts';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';

const countOf = ({ architecture }: ModelRecipe): number =>
  architectureDescriptors[architecture].parameterGroups.length;

/** The numbers of parameter groups of the networks that are trained; null where none is. */
export const networkGroups = ({ teacher, student }: Pick<Recipe, 'teacher' | 'student'>) => ({
  teacher: teacher.source === 'train' ? countOf(teacher.model) : null,
  student: countOf(student.model),
});
