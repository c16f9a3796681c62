import type { ModelRecipe, Recipe, TeacherRecipe } from '../../../electron/contract/recipe.ts';

/** A teacher from a run whose teacher is from a run ...; as many as the engine follows. */
const mostRuns = 8;

/**
 * The network of a teacher, found in the recipes of the runs that it comes from; null: none is named, or there are too many of
 * them. `recipeOf` reads a run's recipe.
 */
export async function networkOfTeacher(
  teacher: TeacherRecipe,
  recipeOf: (folder: string) => Promise<Pick<Recipe, 'teacher' | 'student'>>,
): Promise<ModelRecipe | null> {
  let current = teacher;
  for (let runs = 0; runs <= mostRuns; runs++) {
    if (current.source !== 'run') return current.model;
    if (current.path === '') return null;
    const recipe = await recipeOf(current.path);
    if (current.role !== 'teacher') return recipe.student.model;
    current = recipe.teacher;
  }
  return null;
}
