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

/**
 * A part of a recipe with its relative paths resolved from a folder. `field`: where the part stands, such as `teacher` or
 * `teacher.members[0].teacher.path`; '' is the whole recipe. What is no recipe comes back equal.
 */
export const withAbsolutePaths = <Part>(part: Part, folder: string, field = ''): Part =>
  withPaths(part, (given) => path.resolve(folder, given), field);

/** The same with each path replaced by what `change` gives for it. Published weights are the same everywhere and stay. */
export const withPaths = <Part>(
  part: Part,
  change: (given: string, field: string) => string,
  field = '',
): Part => changed(part, change, field.replaceAll(/\[\d+\]/g, '[]')) as Part;

function changed(part: unknown, change: (given: string, field: string) => string, field: string): unknown {
  if (typeof part === 'string') {
    const isPath = pathFields.has(field) && !(field.endsWith('.weights') && isReference(part));
    return isPath ? change(part, field) : part;
  }
  if (Array.isArray(part)) return part.map((entry) => changed(entry, change, `${field}[]`));
  if (typeof part !== 'object' || part === null) return part;
  const at = (key: string) => (field === '' ? key : `${field}.${key}`);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, changed(value, change, at(key))]),
  );
}
