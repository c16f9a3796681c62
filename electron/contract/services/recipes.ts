import { z } from 'zod';
import type { Draft } from '../draft.ts';
import { method, pathSchema } from '../method.ts';
import { type Recipe, recipeSchema } from '../recipe.ts';
import type { TorchProject } from '../torch-project.ts';

export const recipesService = {
  /** The recipe with every default written out; RECIPE_INVALID with one clause for each fault. */
  check: method<{ recipe: Recipe }>()(z.strictObject({ recipe: z.unknown() })),
  read: method<{ recipe: Recipe; path: string }>()(z.strictObject({ file: pathSchema })),
  write: method<{ file: string }>()(z.strictObject({ recipe: recipeSchema, file: pathSchema })),
  /** Those that come with the program. */
  presets: method<{ name: string; title: string; recipe: Recipe }[]>()(z.strictObject({})),
  drafts: method<Draft[]>()(z.strictObject({})),
  saveDraft: method<Draft>()(
    z.strictObject({
      /** null: a new one. */
      id: z
        .string()
        .regex(/^[a-z0-9-]{1,64}$/)
        .nullable()
        .default(null),
      /**
       * `updatedAt` of the version that was changed. Where another is stored by now, from another window, neither is
       * lost: this one becomes a draft of its own, with an id of its own. null: what is stored is written over.
       */
      basedOn: z.iso.datetime().nullable().default(null),
      recipe: z.unknown(),
      tries: z.unknown().default({}),
      data: pathSchema.nullable().default(null),
      step: z.string().min(1).max(64),
    }),
  ),
  /**
   * A PyTorch project of the recipe in a folder that is new or empty. Throws FOLDER_NOT_EMPTY, RECIPE_INVALID for what such a project
   * cannot do, and what a run would throw before it begins.
   */
  writeTorch: method<TorchProject>()(
    z.strictObject({
      recipe: recipeSchema,
      /** Takes the place of the recipe's own path. */
      data: pathSchema.nullable().default(null),
      folder: pathSchema,
    }),
    { computes: 'own' },
  ),
  removeDraft: method<null>()(z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,64}$/) })),
} as const;
