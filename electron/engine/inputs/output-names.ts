import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { identityOf } from '../../contract/output-classes.ts';
import type { TeacherRecipe } from '../../contract/recipe/teacher.ts';
import { readTextFile } from '../../platform/files.ts';
import { cellsOf, dialectOf } from '../data/formats/tables/dialect.ts';
import { readClassList } from './teacher-classes.ts';

/** Names that are there twice stand for none of their outputs. */
function distinct(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, output) => (counts.get(name) === 1 ? name : `${name} (output ${output})`));
}

const wrong = (file: string, line: number, what: string): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `Line ${line} of "${file}" ${what}.`,
    "Write two columns: the teacher's output (its name, or its number from 0 on) and the dataset's class.",
  );

/**
 * The names of all outputs, where a table gives some of them the names of the dataset's classes. An empty cell stands for no class,
 * whatever the output is called; an output that the table leaves out keeps its own name.
 */
async function mappedNames(file: string, own: readonly string[] | null, outputs: number): Promise<string[]> {
  const { delimiter, body } = dialectOf(await readTextFile(file));
  const places = new Map(own?.map((name, output) => [name, output]));
  const placeOf = (cell: string): number | undefined => {
    const number = /^\d+$/.test(cell) ? Number(cell) : undefined;
    return places.get(cell) ?? (number !== undefined && number < outputs ? number : undefined);
  };
  const mapped = new Map<number, string | null>();
  for (const [row, cells] of cellsOf(body, delimiter).entries()) {
    const [output = '', name = ''] = cells;
    const place = placeOf(output);
    if (place === undefined) {
      if (row === 0) continue;
      throw wrong(file, row + 1, `names the output "${output}", which the teacher does not have`);
    }
    if (mapped.has(place)) throw wrong(file, row + 1, `names the output "${output}" a second time`);
    mapped.set(place, name === '' ? null : name);
  }
  const taken = new Set([...mapped.values()].flatMap((name) => (name === null ? [] : [identityOf(name)])));
  if (taken.size === 0) throw wrong(file, 1, 'begins no table of outputs and classes');
  return Array.from({ length: outputs }, (_, output) => {
    const name = own?.[output] ?? `output ${output}`;
    const given = mapped.get(output);
    return given ?? (given === null || taken.has(identityOf(name)) ? `${name} (output ${output})` : name);
  });
}

/**
 * The names of a network's outputs in their order: those that its user states, else its own; null: neither. Throws NOT_FOUND,
 * INVALID_INPUT, and WEIGHTS_MISMATCH for a list of another length.
 */
export async function outputNames(
  classes: Extract<TeacherRecipe, { source: 'onnx' }>['classes'],
  { classNames, outputs, file }: { classNames: readonly string[] | null; outputs: number; file: string },
): Promise<string[] | null> {
  const own = classNames && distinct(classNames);
  if (classes === null) return own;
  if (typeof classes === 'string' && path.extname(classes).toLowerCase() === '.csv')
    return mappedNames(classes, own, outputs);
  const names = await readClassList(classes);
  if (names.length === outputs) return names;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The list of the teacher's classes has ${names.length} names, and "${file}" has ${outputs} outputs.`,
    'List a name for every output, in their order; or give a CSV file of two columns, output and class, for some of them.',
  );
}
