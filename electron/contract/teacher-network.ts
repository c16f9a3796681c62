import type { Recipe } from './recipe.ts';
import type { ModelRecipe } from './recipe/model.ts';
import type { TeacherRecipe } from './recipe/teacher.ts';

/** A teacher may come from a run whose own teacher comes from a run, and so on. */
const mostRuns = 8;

/**
 * The network of a teacher, found in the recipes of the runs that it comes from; null: none is named, it is an
 * ONNX file or an ensemble, one of the runs is gone, or there are too many of them. `recipeOf` reads a run's recipe, null where there is none.
 */
export async function networkOfTeacher(
  teacher: TeacherRecipe,
  recipeOf: (folder: string) => Promise<Pick<Recipe, 'teacher' | 'student'> | null>,
): Promise<ModelRecipe | null> {
  let current = teacher;
  for (let runs = 0; runs <= mostRuns; runs++) {
    if (current.source === 'onnx' || current.source === 'ensemble') return null;
    if (current.source !== 'run') return current.model;
    if (current.path === '') return null;
    const recipe = await recipeOf(current.path);
    if (recipe === null) return null;
    if (current.role !== 'teacher') return recipe.student.model;
    current = recipe.teacher;
  }
  return null;
}
