import path from 'node:path';
import type { z } from 'zod';
import { DistillError } from '../contract/errors.ts';
import { describeIssues, mostDescribed } from '../contract/issues.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import { readTextFile } from './files.ts';
import { findSyntaxFault } from './json-syntax.ts';
import { withAbsolutePaths } from './recipe-paths.ts';

/**
 * Reads and checks a recipe; its paths come back absolute, for they are meant relative to its file. Throws DistillError
 * NOT_FOUND, or RECIPE_INVALID with a line for everything that is wrong.
 */
export async function readRecipe(file: string): Promise<Recipe> {
  const value = await readJsonText(
    file,
    `The recipe ${file}`,
    'Name a recipe file, for example resources/recipes/sample.json.',
  );
  const hint = 'Correct the file; resources/recipes/ has recipes that work.';
  return withAbsolutePaths(checkRecipe(value, `The recipe ${file}`, hint), path.dirname(file));
}

/** The recipe with every default written out. Throws DistillError RECIPE_INVALID with a line for everything that is wrong. */
export const checkRecipe = (value: unknown, subject: string, hint: string): Recipe =>
  checkValue(recipeSchema, value, subject, hint);

/** A value that a schema describes, with its defaults. Throws DistillError RECIPE_INVALID with a line for everything that is wrong. */
export function checkValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  subject: string,
  hint: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = describeIssues(parsed.error.issues, schema, value);
  const places = faults.length < mostDescribed ? faults.length : `at least ${mostDescribed}`;
  const message =
    faults.length === 1 ? `: ${faults.join()}` : ` in ${places} places:\n  ${faults.join('\n  ')}`;
  throw new DistillError('RECIPE_INVALID', `${subject} is wrong${message}`, hint);
}

/** The JSON in a file that a person wrote. Throws DistillError NOT_FOUND with `missing` as its hint, or RECIPE_INVALID with the place. */
export async function readJsonText(file: string, subject: string, missing: string): Promise<unknown> {
  const text = await readTextFile(file).catch((thrown: unknown) => {
    if (!(thrown instanceof DistillError) || thrown.code !== 'NOT_FOUND') throw thrown;
    throw new DistillError('NOT_FOUND', `There is no file "${file}".`, missing, { cause: thrown });
  });
  // Editors on Windows like to put a byte order mark in front.
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch (cause) {
    const fault = findSyntaxFault(json);
    const place = fault ? `, line ${fault.line}, column ${fault.column}: ${fault.message}` : '';
    const message = `${subject} is not JSON${place}.`;
    throw new DistillError('RECIPE_INVALID', message, 'Correct the file at that place.', { cause });
  }
}
