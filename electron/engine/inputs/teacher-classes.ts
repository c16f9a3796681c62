import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { fileError } from '../../platform/files.ts';

/** Longer than any list of classes. */
const maximumBytes = 4_000_000;

const jsonSchema = z.union([
  z.array(z.string().min(1)),
  // class_to_idx, as torchvision's ImageFolder has it.
  z
    .record(z.string(), z.number().int().min(0))
    .refine((ids) =>
      Object.values(ids)
        .toSorted((a, b) => a - b)
        .every((id, place) => id === place),
    )
    .transform((ids) =>
      Object.entries(ids)
        .toSorted(([, a], [, b]) => a - b)
        .map(([name]) => name),
    ),
]);

const unusable = (file: string, what: string): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `The list of the teacher's classes, ${file}, ${what}.`,
    'Write one class a line in the order of the outputs, or JSON: a list, or class_to_idx.',
  );

function parse(text: string, file: string): string[] {
  if (!/^\s*[[{]/.test(text)) {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line) => line !== '');
  }
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    throw unusable(file, 'is neither a list of names nor an object of names and numbers from 0 on');
  }
}

/** The names of a teacher's outputs: a list, or a file with one a line (or JSON). Throws NOT_FOUND, INVALID_INPUT. */
export async function readClassList(classes: string | readonly string[]): Promise<string[]> {
  if (typeof classes !== 'string') return [...classes];
  const bytes = await readFile(classes).catch((thrown: unknown) => {
    throw fileError(thrown, classes);
  });
  if (bytes.length > maximumBytes) throw unusable(classes, 'is too long');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (/(?!\s)\p{Cc}|\uFFFD/u.test(text)) throw unusable(classes, 'is not text');
  const names = parse(text, classes);
  if (names.length < 2) throw unusable(classes, `names ${names.length} classes`);
  return names;
}
