import { z } from 'zod';
import type { Recipe } from '../../../contract/recipe.ts';
import { type ImageRecipe, imageSchema } from '../../../contract/recipe/image.ts';
import { type ModelRecipe, modelSchema } from '../../../contract/recipe/model.ts';
import { imageOf } from '../../../contract/role-image.ts';
import type { Role } from '../../../contract/roles.ts';

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

/** The classes that it knows, where it does not know all that it has outputs for. */
export const coversIn = (metadata: Record<string, string>): number[] | undefined =>
  parseJson(z.array(z.number().int().min(0)).min(1), metadata['covers']);

/** How its images are prepared. Runs before December 2026 state it only where it differs from their recipe. */
export const imageIn = (metadata: Record<string, string>): ImageRecipe | undefined =>
  parseJson(imageSchema, metadata['image']);

/** How a network that a run keeps sees the images: as its file states, or else as the run's recipe does. */
export const keptImage = (metadata: Record<string, string>, recipe: Recipe, role: Role): ImageRecipe =>
  imageIn(metadata) ?? imageOf(recipe, role);

/** What an exported network is fed: pixels as they are (0 to 255), or normalised by the statistics of `imageIn`. */
const inputValues = z.enum(['pixels', 'normalised']);
export type InputValues = z.output<typeof inputValues>;

export const inputValuesIn = (metadata: Record<string, string>): InputValues | undefined =>
  inputValues.safeParse(metadata['input']).data;
