import { z } from 'zod';

/** The owner's notes on a run, beside the run's own record. */
export interface RunAnnotation {
  /** What it is called instead of its recipe's name; null: as its recipe. */
  name: string | null;
  tags: string[];
  notes: string;
}

export const noAnnotation: RunAnnotation = { name: null, tags: [], notes: '' };

export const mostTags = 20;

/** A line of printable text. */
const line = (most: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'must not be empty')
        .max(most)
        .regex(/^\P{Cc}*$/u, 'must be a single line of printable characters'),
    );

export const runNameSchema = line(120);
/** Commas part tags where they are typed. */
export const tagSchema = line(40).refine((tag) => !tag.includes(','), 'must not contain a comma');
export const notesSchema = z.string().max(10_000);

/** Tags once each, whatever their letter case; the first spelling stays. */
export const tagsSchema = z
  .array(tagSchema)
  .max(mostTags)
  .transform((tags) => {
    const known = new Set<string>();
    return tags.filter((tag) => !known.has(tag.toLowerCase()) && known.add(tag.toLowerCase()));
  });
