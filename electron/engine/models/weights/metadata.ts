import { z } from 'zod';
import { type ImageRecipe, imageSchema } from '../../../contract/recipe/image.ts';
import { type ModelRecipe, modelSchema } from '../../../contract/recipe/model.ts';

/** The metadata of this program's own network files; each undefined or null where they do not. */

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

/** How its images are prepared, where that differs from its run's recipe. */
export const imageIn = (metadata: Record<string, string>): ImageRecipe | undefined =>
  parseJson(imageSchema, metadata['image']);

/** What an exported network is fed: pixels as they are (0 to 255), or normalised by the statistics of `imageIn`. */
const inputValues = z.enum(['pixels', 'normalised']);
export type InputValues = z.output<typeof inputValues>;

export const inputValuesIn = (metadata: Record<string, string>): InputValues | undefined =>
  inputValues.safeParse(metadata['input']).data;
