import type { z } from 'zod';
import type { NumberField } from './number-field.ts';
import { adamw, adamwSchema } from './optimizers/adamw.ts';

/** A recipe's settings. They name no optimiser, since there is one: a second one brings the field that does, with AdamW as its default. */
export const optimizerSchema = adamwSchema;
export type OptimizerRecipe = z.output<typeof optimizerSchema>;

/** What wizard, review, report and terminal read of every optimiser, by its name in the terminal's help. */
export const optimizerDescriptors = { adamw };

/** The one that every recipe trains with. */
export const recipeOptimizer = optimizerDescriptors.adamw;

/** The numbers that some optimiser has, by their names. */
export const optimizerNumbers: Readonly<Record<string, NumberField>> = Object.fromEntries(
  Object.values(optimizerDescriptors).flatMap(({ numbers }) => Object.entries(numbers)),
);
