import type { OnnxInspection } from '../../electron/contract/onnx-inspection.ts';
import { areNamesMeant, namesOfOutputs, outputsByName } from '../../electron/contract/output-classes.ts';
import type { TeacherClasses } from './teacher-classes.ts';

/** What decides which output stands for which class: the names, a file, a list made by hand, or the dataset's order. */
export type MappingBasis = 'names' | 'file' | 'hand' | 'order';

export interface OutputMapping {
  basis: MappingBasis;
  /** For each output the id of its class; null: it is not used. */
  classOf: (number | null)[];
  /** Ids of the classes that no output stands for. */
  lacking: number[];
}

/** Turns an output for each class into a class for each output. */
function byOutput(outputs: readonly (number | null)[], count: number): (number | null)[] {
  const classOf = Array<number | null>(count).fill(null);
  for (const [id, output] of outputs.entries()) if (output !== null && output < count) classOf[output] = id;
  return classOf;
}

/** Which output stands for which class of the dataset, by what the recipe has in `teacher.classes`. */
export function outputMapping(
  { count, classNames, listed }: Pick<OnnxInspection, 'count' | 'classNames' | 'listed'>,
  classes: TeacherClasses,
  dataset: readonly string[],
): OutputMapping {
  const listedNames = listed && 'names' in listed ? listed.names : null;
  const given = Array.isArray(classes) ? classes : classes === null ? null : (listedNames ?? []);
  const matched = outputsByName(dataset, given ?? classNames ?? []);
  const isByOrder =
    given === null && count === dataset.length && (classNames === null || !areNamesMeant(matched, count));
  const outputs = isByOrder ? dataset.map((_, id) => id) : matched;
  const basis = isByOrder ? 'order' : given === null ? 'names' : Array.isArray(classes) ? 'hand' : 'file';
  const lacking = [...dataset.keys()].filter((id) => outputs[id] === null);
  return { basis, classOf: byOutput(outputs, count), lacking };
}

/** The list of names by which this output stands for that class, and no other output does; null: it is not used. */
export function withClass(
  { classOf }: Pick<OutputMapping, 'classOf'>,
  { output, id }: { output: number; id: number | null },
  dataset: readonly string[],
  own: readonly string[] | null,
): string[] {
  const next = classOf.map((other) => (id !== null && other === id ? null : other));
  next[output] = id;
  return namesOfOutputs(next, dataset, own);
}
