import path from 'node:path';
import type { z } from 'zod';
import { DistillError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import { isReference } from '../contract/published-weights.ts';
import { recipeSchema, type Recipe } from '../contract/recipe.ts';
import type { GivenTeacher, TeacherRecipe } from '../contract/recipe/teacher.ts';
import { readTextFile } from './files.ts';
import { findSyntaxFault } from './json-syntax.ts';

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
  const message =
    faults.length === 1 ? `: ${faults.join()}` : ` in ${faults.length} places:\n  ${faults.join('\n  ')}`;
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

function givenWithAbsolutePaths(given: GivenTeacher, absolute: (file: string) => string): GivenTeacher {
  const teacher = { ...given, path: absolute(given.path) };
  return 'classes' in teacher && typeof teacher.classes === 'string'
    ? { ...teacher, classes: absolute(teacher.classes) }
    : teacher;
}

/** A recipe with its relative paths resolved from a folder. */
export function withAbsolutePaths(recipe: Recipe, folder: string): Recipe {
  const absolute = <Given extends string | null>(given: Given): Given =>
    (given === null ? null : path.resolve(folder, given)) as Given;
  // Published weights are the same everywhere.
  const weights = (given: string | null) => (given !== null && isReference(given) ? given : absolute(given));
  const { data, teacher, student } = recipe;
  const teacherWithAbsolutePaths = (): TeacherRecipe => {
    if (teacher.source === 'train') return { ...teacher, weights: weights(teacher.weights) };
    if (teacher.source !== 'ensemble') return givenWithAbsolutePaths(teacher, absolute);
    const members = teacher.members.map((member) => ({
      ...member,
      teacher: givenWithAbsolutePaths(member.teacher, absolute),
    }));
    return { ...teacher, members };
  };
  return {
    ...recipe,
    data: {
      ...data,
      path: absolute(data.path),
      classNames: absolute(data.classNames),
      unlabelled: data.unlabelled && { ...data.unlabelled, paths: data.unlabelled.paths.map(absolute) },
    },
    teacher: teacherWithAbsolutePaths(),
    student: { ...student, weights: weights(student.weights) },
  };
}
