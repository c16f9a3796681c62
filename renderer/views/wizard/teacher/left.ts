import type { TeacherRecipe } from '../../../../electron/contract/recipe/teacher.ts';

type Left = Partial<Record<TeacherRecipe['source'], TeacherRecipe>>;

let draft: string | null = null;
let left: Left = {};

/** The teachers from other sources that were set before another was chosen, of the draft at work. */
export function teachersLeft(id: string | null): Left {
  // A draft gets its id with its first save; what was left before that is still its own.
  if (draft !== null && id !== draft) left = {};
  draft = id;
  return left;
}
