import { z } from 'zod';
import { parts } from '../parts.ts';

/** How to read a dataset's layout where the import's own reading is wrong. */
export const readingSchema = z.strictObject({
  /** Folders, or lists of images (relative to the dataset's root, forward slashes), and the part that each holds; ignore: none. */
  parts: z.array(z.strictObject({ folder: z.string(), part: z.enum([...parts, 'ignore']) })).default([]),
  /** Columns of the table, by name or (in a table without a header) by number from 0; null: found by name and content; '' for the part: none. */
  columns: z
    .strictObject({
      file: z.string().nullable().default(null),
      label: z.string().nullable().default(null),
      part: z.string().nullable().default(null),
    })
    .prefault({}),
});

export type ReadingRecipe = z.output<typeof readingSchema>;

/** The import's own reading. */
export const ownReading = readingSchema.parse({});
