import path from 'node:path';
import { type Sweep, sweepSchema } from '../contract/sweep/sweep.ts';
import { checkValue, readJsonText, readRecipe, withAbsolutePaths } from './recipe-file.ts';

const hint = 'Correct the file; docs/sweeps.md has a sweep that works.';

const isNamed = (value: unknown): value is { base: string } =>
  typeof value === 'object' && value !== null && 'base' in value && typeof value.base === 'string';

/**
 * Reads and checks a sweep, whose base may be the path of a recipe. Paths in files are relative to them and come back absolute. Throws
 * DistillError NOT_FOUND, or RECIPE_INVALID with a line for everything that is wrong.
 */
export async function readSweep(file: string): Promise<Sweep> {
  const value = await readJsonText(file, `The sweep ${file}`, 'Name a sweep file, for example sweep.json.');
  const folder = path.dirname(file);
  const subject = `The sweep ${file}`;
  if (isNamed(value)) {
    const base = await readRecipe(path.resolve(folder, value.base));
    return checkValue(sweepSchema, { ...value, base }, subject, hint);
  }
  const sweep = checkValue(sweepSchema, value, subject, hint);
  return { ...sweep, base: withAbsolutePaths(sweep.base, folder) };
}
