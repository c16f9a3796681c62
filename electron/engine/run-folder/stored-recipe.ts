import { z } from 'zod';
import { recipeSchema } from '../../contract/recipe.ts';

const earlierSchema = z.looseObject({
  data: z.looseObject({ trainClasses: z.unknown() }),
  teacher: z.looseObject({ source: z.literal('train') }),
});

/** Before `teacher.trainClasses` there was, a teacher learnt the student's classes: that is what such a run did, and goes on to do. */
function withEarlierMeaning(input: unknown): unknown {
  const parsed = earlierSchema.safeParse(input);
  if (!parsed.success || 'trainClasses' in parsed.data.teacher) return input;
  const { data, teacher } = parsed.data;
  return { ...parsed.data, teacher: { ...teacher, trainClasses: data.trainClasses } };
}

/** A run's own recipe.json, which an earlier version may have written. */
export const storedRecipeSchema = z.preprocess(withEarlierMeaning, recipeSchema);
