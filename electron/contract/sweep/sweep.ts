import { z } from 'zod';
import { recipeNameSchema } from '../recipe-name.ts';
import { recipeSchema } from '../recipe.ts';

/**
 * A sweep: one JSON file with a recipe, what of it is tried, and how much may be spent. Each setting runs once for every seed; all runs
 * with the same data and teacher share one teacher and its stored logits.
 */

const seed = z.number().int().min(0).max(0xffffffff);

/** Where a value stands in a recipe: 'distillation.terms[0].temperature'. */
export const recipePathSchema = z
  .string()
  .regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*|\[\d+\])*$/, 'must be a path such as distillation.terms[0].temperature');

/** The name of an axis: a column of the table. */
const axisName = z.string().trim().min(1).max(60);

/** Values of one field, each tried with every value of the other axes. */
const valuesAxisSchema = z.strictObject({
  name: axisName,
  field: recipePathSchema,
  values: z.array(z.json()).min(1).max(1000),
});

/**
 * Changes of several fields at once, each under a name: what a patch has replaces what the recipe has, objects are merged, lists are
 * replaced as a whole (RFC 7396, except that null is a value here, since recipes have it).
 */
const patchesAxisSchema = z.strictObject({
  name: axisName,
  patches: z
    .record(z.string().trim().min(1).max(60), z.record(z.string(), z.json()))
    .refine((patches) => Object.keys(patches).length > 0, 'must have an entry'),
});

/** A number drawn at random for each setting. */
const rangeAxisSchema = z
  .strictObject({
    name: axisName,
    field: recipePathSchema,
    from: z.number(),
    to: z.number(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Whether it is rounded to a whole number. */
    whole: z.boolean().default(false),
  })
  .refine(({ from, to }) => from < to, { message: '"from" must be less than "to"', path: ['to'] })
  .refine(({ from, scale }) => scale === 'linear' || from > 0, {
    message: 'a logarithmic scale begins above 0',
    path: ['from'],
  });

export const axisSchema = z.union([valuesAxisSchema, patchesAxisSchema, rangeAxisSchema]);
export type Axis = z.output<typeof axisSchema>;

/** Scores of the held-out images by which a setting is chosen. */
export const sweepScores = ['accuracy', 'f1Macro', 'f1Weighted', 'logLoss'] as const;
export type SweepScore = (typeof sweepScores)[number];

/** Whether less is better. */
export const isLoss = (score: SweepScore): boolean => score === 'logLoss';

export const sweepSchema = z
  .strictObject({
    version: z.literal(1),
    name: recipeNameSchema,
    /** The recipe, whole. A file may name another file in its place, relative to its own folder. */
    base: recipeSchema,
    /** None: the base alone is run, once for each seed. */
    axes: z.array(axisSchema).max(20).default([]),
    /** How many settings are drawn at random. null: every combination of the axes' values. */
    draw: z
      .strictObject({ count: z.number().int().min(1).max(10_000), seed: seed.default(1) })
      .nullable()
      .default(null),
    /** Each setting is run once for each. */
    seeds: z.array(seed).min(1).max(100).default([1]),
    /** Where it ends: after so many runs, or when no further run may start. null: no limit. */
    budget: z
      .strictObject({
        runs: z.number().int().min(1).nullable().default(null),
        hours: z.number().positive().nullable().default(null),
      })
      .prefault({}),
    score: z.enum(sweepScores).default('accuracy'),
    /**
     * Stops members that do badly: each pauses after minEpochs, minEpochs * factor, minEpochs * factor² ... epochs of its student, and
     * only the best 1 / factor at each of these go on (asynchronous successive halving; Li et al., 2020). null: all run to their end.
     */
    halving: z
      .strictObject({
        factor: z.number().int().min(2).max(100).default(3),
        minEpochs: z.number().int().min(1).default(1),
      })
      .nullable()
      .default(null),
  })
  .superRefine(({ axes, draw, seeds }, context) => {
    const names = axes.map(({ name }) => name);
    for (const [i, name] of names.entries())
      if (names.indexOf(name) !== i)
        context.addIssue({ code: 'custom', path: ['axes', i, 'name'], message: `"${name}" is there twice` });
    const range = axes.findIndex((axis) => 'from' in axis);
    if (range >= 0 && draw === null)
      context.addIssue({
        code: 'custom',
        path: ['axes', range],
        message: 'a range needs "draw": how many settings are drawn from it',
      });
    if (new Set(seeds).size < seeds.length)
      context.addIssue({ code: 'custom', path: ['seeds'], message: 'a seed is there twice' });
  });
export type Sweep = z.output<typeof sweepSchema>;
export type SweepInput = z.input<typeof sweepSchema>;
