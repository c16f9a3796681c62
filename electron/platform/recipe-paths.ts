import path from 'node:path';
import { isReference } from '../contract/published-weights.ts';

/** Fields of a recipe that name files and folders; [] is any place in a list. A teacher's classes are a file or the list itself. */
const pathFields: ReadonlySet<string> = new Set([
  'data.path',
  'data.classNames',
  'data.unlabelled.paths[]',
  'teacher.path',
  'teacher.classes',
  'teacher.weights',
  'teacher.members[].teacher.path',
  'teacher.members[].teacher.classes',
  'student.weights',
]);

const resolved = (given: string, field: string, folder: string): string =>
  // Published weights are the same everywhere.
  field.endsWith('.weights') && isReference(given) ? given : path.resolve(folder, given);

/**
 * A part of a recipe with its relative paths resolved from a folder. `field`: where the part stands, such as `teacher` or
 * `teacher.members[0].teacher.path`; '' is the whole recipe. What is no recipe comes back equal.
 */
export function withAbsolutePaths<Part>(part: Part, folder: string, field = ''): Part {
  return absolute(part, folder, field.replaceAll(/\[\d+\]/g, '[]')) as Part;
}

function absolute(part: unknown, folder: string, field: string): unknown {
  if (typeof part === 'string') return pathFields.has(field) ? resolved(part, field, folder) : part;
  if (Array.isArray(part)) return part.map((entry) => absolute(entry, folder, `${field}[]`));
  if (typeof part !== 'object' || part === null) return part;
  const at = (key: string) => (field === '' ? key : `${field}.${key}`);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, absolute(value, folder, at(key))]),
  );
}
