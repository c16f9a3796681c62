import path from 'node:path';
import { z } from 'zod';
import {
  mostTags,
  noAnnotation,
  notesSchema,
  type RunAnnotation,
  runNameSchema,
  tagSchema,
} from '../../contract/annotation.ts';
import { readJson, writeJsonAtomic } from '../../platform/files.ts';

/** In a run's folder, beside the run's own files, which its work never writes. */
export const annotationFile = 'notes.json';

/** What of the file is sound counts: a tag that somebody wrote by hand must not take the notes away. */
const storedSchema = z.object({
  name: runNameSchema.nullable().catch(null),
  tags: z
    .array(z.unknown())
    .catch([])
    .transform((tags) => tags.flatMap((tag) => tagSchema.safeParse(tag).data ?? []).slice(0, mostTags)),
  notes: notesSchema.catch(''),
});

/** Empty where there is none, or none that can be read. Never throws. */
export async function readAnnotation(folder: string): Promise<RunAnnotation> {
  const value = await readJson(path.join(folder, annotationFile)).catch(() => null);
  return storedSchema.safeParse(value).data ?? noAnnotation;
}

let last: Promise<unknown> = Promise.resolve();

/** Changes what is given and leaves the rest. Throws NOT_WRITABLE, DISK_FULL; what was there before then stays. */
export function annotate(folder: string, change: Partial<RunAnnotation>): Promise<RunAnnotation> {
  const changed = last.then(async () => {
    const next = { ...(await readAnnotation(folder)), ...change };
    await writeJsonAtomic(path.join(folder, annotationFile), next);
    return next;
  });
  // One after the other: each begins with what the one before it left.
  last = changed.catch(() => undefined);
  return changed;
}
