import { z } from 'zod';
import { roleSchema } from '../roles.ts';
import { modelSchema } from './model.ts';
import { trainClassesSchema } from './train-classes.ts';
import { trainingSchema } from './training.ts';

export const teacherSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('train'),
    model: modelSchema,
    /** As the student's. */
    weights: z.string().min(1).nullable().default(null),
    /** The classes that the teacher is trained on, whatever the student is trained on. */
    trainClasses: trainClassesSchema.default('all'),
    training: trainingSchema.prefault({}),
  }),
  z.strictObject({
    source: z.literal('run'),
    path: z.string().min(1),
    role: roleSchema.default('teacher'),
  }),
  z.strictObject({
    source: z.literal('weights'),
    path: z.string().min(1),
    model: modelSchema,
    /** The names of its outputs in its own order: a list, or a file with one a line. null: the dataset's order. */
    classes: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(2)])
      .nullable()
      .default(null),
  }),
]);

export type TeacherRecipe = z.output<typeof teacherSchema>;
