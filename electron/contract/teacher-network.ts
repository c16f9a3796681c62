import type { Recipe } from './recipe.ts';
import type { ModelRecipe } from './recipe/model.ts';
import type { OnnxTeacherRecipe, TeacherRecipe } from './recipe/teacher.ts';

/** A teacher may come from a run whose own teacher comes from a run, and so on. */
const mostRuns = 8;

/** Reads a run's recipe, null where there is none. */
type RecipeOf = (folder: string) => Promise<Pick<Recipe, 'teacher' | 'student'> | null>;

/**
 * What a teacher is, found in the recipes of the runs that it comes from: a network of this program's or an ONNX file; null: none is
 * named, it is an ensemble, one of the runs is gone, or there are too many of them.
 */
export async function originOfTeacher(
  teacher: TeacherRecipe,
  recipeOf: RecipeOf,
): Promise<ModelRecipe | OnnxTeacherRecipe | null> {
  let current = teacher;
  for (let runs = 0; runs <= mostRuns; runs++) {
    if (current.source === 'onnx') return current;
    if (current.source === 'ensemble') return null;
    if (current.source !== 'run') return current.model;
    if (current.path === '') return null;
    const recipe = await recipeOf(current.path);
    if (recipe === null) return null;
    if (current.role !== 'teacher') return recipe.student.model;
    current = recipe.teacher;
  }
  return null;
}

/** The same where it is a network of this program's; null: also where it is an ONNX file. */
export async function networkOfTeacher(
  teacher: TeacherRecipe,
  recipeOf: RecipeOf,
): Promise<ModelRecipe | null> {
  const origin = await originOfTeacher(teacher, recipeOf);
  return origin === null || 'source' in origin ? null : origin;
}
