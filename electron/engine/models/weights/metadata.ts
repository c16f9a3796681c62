import { z } from 'zod';
import { type ImageRecipe, imageSchema, type ModelRecipe, modelSchema } from '../../../contract/recipe.ts';

/** What this program's own weights files say of themselves in their metadata; each undefined or null where they do not. */

function parseJson<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

export const modelIn = (metadata: Record<string, string>): ModelRecipe | undefined =>
  parseJson(modelSchema, metadata['model']);

/** The names of the outputs, in their order. */
export const classNamesIn = (metadata: Record<string, string>): string[] | null =>
  parseJson(z.array(z.string()).min(1), metadata['classes']) ?? null;

/** How its images are prepared, where that is not as its run's recipe says. */
export const imageIn = (metadata: Record<string, string>): ImageRecipe | undefined =>
  parseJson(imageSchema, metadata['image']);
