import { DistillError } from '../../../contract/errors.ts';
import { outputsByName, repeatedName } from '../../../contract/output-classes.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { outputNames } from './shapes.ts';
import { sizeOf, type TensorMap } from './tensor-data.ts';

/** The first few of some names. */
export const some = (names: readonly string[]): string =>
  `${names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

/** Which output stands for each class; null: none does. */
export type ClassOutputs = readonly (number | null)[];

/** The classes that have an output, ascending; null: all. */
export function coveredBy(outputs: ClassOutputs): number[] | null {
  const covered = [...outputs.keys()].filter((id) => outputs[id] !== null);
  return covered.length === outputs.length ? null : covered;
}

/** A single class leaves nothing to compare. */
const fewest = 2;

/**
 * Which of a teacher's outputs stands for each class of a dataset, by name; where the teacher's names are all numbers and the
 * dataset's are not, they are the classes' ids. The teacher may know more classes, or only some. Throws WEIGHTS_MISMATCH where it
 * knows fewer than two.
 */
export function outputsFor(dataset: readonly string[], teachers: readonly string[]): ClassOutputs {
  const repeated = repeatedName(teachers);
  if (repeated !== null)
    throw new DistillError(
      'WEIGHTS_MISMATCH',
      `The teacher's classes name "${repeated}" twice.`,
      'Each output has a class of its own: correct the list.',
    );
  const outputs = outputsByName(dataset, teachers);
  const lacking = dataset.filter((_, id) => outputs[id] === null);
  if (dataset.length - lacking.length >= Math.min(fewest, dataset.length)) return outputs;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `The teacher lacks ${lacking.length} of the dataset's ${dataset.length} classes: ${some(lacking)}. It has ${some(teachers)}.`,
    'Use a teacher that was trained on these classes, or on some of them, or correct the list of its classes (teacher.classes).',
  );
}

/** Whether every output stays where it is. */
export const keepsOrder = (outputs: ClassOutputs, teachers: number): boolean =>
  outputs.length === teachers && outputs.every((output, id) => output === id);

/**
 * The tensors of a network with only these outputs, in this order. `nameOf`: the file's name of one of our tensors. Its softmax is
 * the whole one's, restricted to these classes. A class without an output has weights of 0.
 */
export function selectOutputs(
  tensors: TensorMap,
  recipe: ModelRecipe,
  nameOf: (ours: string) => string,
  outputs: ClassOutputs,
): TensorMap {
  const selected = new Map(tensors);
  for (const ours of outputNames(recipe)) {
    const name = nameOf(ours);
    const { shape, data } = tensors.get(name)!;
    const rest = shape.slice(1);
    const row = sizeOf(rest);
    const rows = new Float32Array(outputs.length * row);
    for (const [id, output] of outputs.entries())
      if (output !== null) rows.set(data.subarray(output * row, (output + 1) * row), id * row);
    selected.set(name, { shape: [outputs.length, ...rest], data: rows });
  }
  return selected;
}
