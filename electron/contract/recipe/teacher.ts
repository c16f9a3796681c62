import { z } from 'zod';
import { roleSchema } from '../roles.ts';
import { averagingSchema } from './averaging.ts';
import { ownImageSchema } from './image.ts';
import { modelSchema } from './model.ts';
import { networkHintsSchema } from './network-hints.ts';
import { trainClassesSchema } from './train-classes.ts';
import { trainingSchema } from './training.ts';

/** A list, or a file with one a line. */
const classList = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(2)])
  .nullable()
  .default(null);

export const onnxTeacherSchema = z.strictObject({
  source: z.literal('onnx'),
  path: z.string().min(1),
  hints: networkHintsSchema.prefault({}),
  /**
   * The names of its outputs in its own order, or a CSV file of two columns: an output's name or number, and a class of the dataset.
   * null: the names that the file states, or else the dataset's order.
   */
  classes: classList,
  /** What terms may compare besides the logits: names of stages, and the tensor in the file's graph that is the output of each. */
  features: z.record(z.string().min(1), z.string().min(1)).default({}),
});
export type OnnxTeacherRecipe = z.output<typeof onnxTeacherSchema>;

/** A teacher that is trained already. */
const givenTeacherSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('run'),
    path: z.string().min(1),
    role: roleSchema.default('teacher'),
  }),
  z.strictObject({
    source: z.literal('weights'),
    path: z.string().min(1),
    model: modelSchema,
    /** The names of its outputs in its own order. null: the dataset's order. */
    classes: classList,
    /** How it sees the images; null: as the file states it, else as data.image has it. */
    image: ownImageSchema.prefault({}),
  }),
  onnxTeacherSchema,
]);
export type GivenTeacher = z.output<typeof givenTeacherSchema>;

/** Teachers of one ensemble. */
export const mostMembers = 8;

export const teacherSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('train'),
    model: modelSchema,
    /** As the student's. */
    weights: z.string().min(1).nullable().default(null),
    /** The classes that the teacher is trained on, whatever the student is trained on. */
    trainClasses: trainClassesSchema.default('all'),
    /** How it sees the images, in its training and ever after. */
    image: ownImageSchema.prefault({}),
    training: trainingSchema.prefault({}),
  }),
  ...givenTeacherSchema.options,
  z.strictObject({
    source: z.literal('ensemble'),
    average: averagingSchema.default('probabilities'),
    members: z
      .array(
        z.strictObject({
          /** Relative to the others'. */
          weight: z.number().positive().max(1e6).default(1),
          teacher: givenTeacherSchema,
        }),
      )
      .min(2)
      .max(mostMembers),
  }),
]);

export type TeacherRecipe = z.output<typeof teacherSchema>;
/** Several teachers, each trained in a run of its own or elsewhere, which teach as one. */
export type EnsembleRecipe = Extract<TeacherRecipe, { source: 'ensemble' }>;
