import { z } from 'zod';
import { augmentSchema } from './augmentation.ts';
import { imageSchema } from './image.ts';
import { readingSchema } from './reading.ts';
import { splitSchema } from './split.ts';
import { trainClassesSchema } from './train-classes.ts';
import { unlabelledSchema } from './unlabelled.ts';

export const dataSchema = z.strictObject({
  /** Folder or zip, relative to the recipe's file; `--data` overrides it. */
  path: z.string().min(1).nullable().default(null),
  /** CSV with ClassId,SignName. */
  classNames: z.string().min(1).nullable().default(null),
  reading: readingSchema.prefault({}),
  /** Leaves out of training what is, seen by its pixels, also in validation or test. */
  dropLeaks: z.boolean().default(false),
  /** The classes to train on; the vocabulary stays whole, so that the others can be evaluated as unseen. */
  trainClasses: trainClassesSchema.default('all'),
  /** Images without labels for the student's training; null: none. */
  unlabelled: unlabelledSchema.nullable().default(null),
  split: splitSchema.prefault({}),
  /** Where the dataset brings no test images: the share of tracks (or images) held out for testing. */
  testFraction: z.number().gt(0).lt(1).default(0.2),
  image: imageSchema.prefault({}),
  /** null switches augmentation off. */
  augment: augmentSchema.nullable().prefault({}),
});

export type DataRecipe = z.output<typeof dataSchema>;
