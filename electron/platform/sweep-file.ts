import path from 'node:path';
import { type Axis, type Sweep, sweepSchema } from '../contract/sweep/sweep.ts';
import { checkValue, readJsonText, readRecipe } from './recipe-file.ts';
import { withAbsolutePaths } from './recipe-paths.ts';

const hint = 'Correct the file; docs/sweeps.md has a sweep that works.';

const isNamed = (value: unknown): value is { base: string } =>
  typeof value === 'object' && value !== null && 'base' in value && typeof value.base === 'string';

function axisWithAbsolutePaths(axis: Axis, folder: string): Axis {
  if ('values' in axis)
    return { ...axis, values: axis.values.map((value) => withAbsolutePaths(value, folder, axis.field)) };
  if (!('patches' in axis)) return axis;
  const patches = Object.entries(axis.patches).map(([name, patch]) => [
    name,
    withAbsolutePaths(patch, folder),
  ]);
  return { ...axis, patches: Object.fromEntries(patches) as typeof axis.patches };
}

/**
 * Reads and checks a sweep, whose base may be the path of a recipe. Paths in files are relative to them and come back absolute, those
 * in axes too. Throws DistillError NOT_FOUND, or RECIPE_INVALID with a line for everything that is wrong.
 */
export async function readSweep(file: string): Promise<Sweep> {
  const value = await readJsonText(file, `The sweep ${file}`, 'Name a sweep file, for example sweep.json.');
  const folder = path.dirname(file);
  // A base in a file of its own has its paths made absolute from there, which a second time changes nothing.
  const whole = isNamed(value)
    ? { ...value, base: await readRecipe(path.resolve(folder, value.base)) }
    : value;
  const sweep = checkValue(sweepSchema, whole, `The sweep ${file}`, hint);
  return {
    ...sweep,
    base: withAbsolutePaths(sweep.base, folder),
    axes: sweep.axes.map((axis) => axisWithAbsolutePaths(axis, folder)),
  };
}
