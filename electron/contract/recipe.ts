import { z } from 'zod';
import { distillationSchema } from './distillation.ts';
import { asTerms, distillationVersion1Schema } from './distillation-version-1.ts';
import { defaultExports, exportFormats } from './exports.ts';
import { recipeNameSchema } from './recipe-name.ts';
import { dataSchema } from './recipe/data.ts';
import { evaluationSchema } from './recipe/evaluation.ts';
import { studentSchema } from './recipe/student.ts';
import { teacherSchema } from './recipe/teacher.ts';

/**
 * The recipe: one JSON file with everything about a run. `recipeSchema.parse` writes every default out, so that
 * the recipe in a run folder repeats the run exactly.
 */

const recipeOf = <Version extends number, Distillation extends z.ZodType>(
  version: Version,
  distillation: Distillation,
) =>
  z.strictObject({
    version: z.literal(version),
    name: recipeNameSchema,
    seed: z.number().int().min(0).max(0xffffffff).default(1),
    data: dataSchema.prefault({}),
    teacher: teacherSchema,
    student: studentSchema,
    distillation,
    /** Also trains the same student, with the same data, seed and steps, without the teacher. */
    baseline: z.boolean().default(true),
    evaluation: evaluationSchema.prefault({}),
    exports: z.array(z.enum(exportFormats)).default([...defaultExports]),
  });

const version2Schema = recipeOf(2, distillationSchema.prefault({}));

/** Written until November 2026; comes out as version 2. */
const version1Schema = recipeOf(1, distillationVersion1Schema.prefault({})).transform((recipe): Recipe => ({
  ...recipe,
  version: 2,
  distillation: asTerms(recipe.distillation),
}));

/** Reads every version, each with its own errors; what comes out is of the newest. */
export const recipeSchema = z.discriminatedUnion('version', [version2Schema, version1Schema]);
export type Recipe = z.output<typeof version2Schema>;
export type RecipeInput = z.input<typeof recipeSchema>;
