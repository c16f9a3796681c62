import type { InferenceSession } from 'onnxruntime-node';
import { classNamesIn } from '../../models/weights/metadata.ts';
import { halfValue } from '../../numbers/float16.ts';
import type { DeployedHints } from '../deployed.ts';
import type { OnnxHeader } from './header.ts';
import { refuse } from './refuse.ts';

export interface OutputForm {
  name: string;
  /** What the file gives. Logarithms of probabilities are logits, too. */
  gives: 'probabilities' | 'logits';
}

export const classifierHint = 'Networks that give a probability or a logit for each class are read.';

/** Operators that pass on what they read in another shape or type. */
const passing = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Cast',
  'QuantizeLinear',
  'DequantizeLinear',
]);

/** What computes a value, past what only passes it on. */
function operatorOf(name: string, { producers }: OnnxHeader): string | undefined {
  let node = producers.get(name);
  for (let steps = 0; node && passing.has(node.op) && steps < producers.size; steps++)
    node = node.input === undefined ? undefined : producers.get(node.input);
  return node?.op;
}

export interface OutputWish {
  /** What the file's user states. */
  gives?: OutputForm['gives'] | undefined;
  /** Which of the two is read of a file that names both. Default probabilities. */
  preferred?: OutputForm['gives'];
}

/**
 * Which output to read: the one called as what is wished, the one called "probabilities", the only one, the only one of a softmax, or the one called "logits".
 * Throws UNSUPPORTED_FORMAT where that leaves none.
 */
export function outputForm(
  file: string,
  outputs: readonly InferenceSession.ValueMetadata[],
  header: OnnxHeader,
  { gives, preferred = 'probabilities' }: OutputWish = {},
): OutputForm {
  const candidates = outputs
    .filter((one) => one.isTensor && (one.type === 'float32' || one.type === 'float16'))
    .map(({ name }) => ({ name, operator: operatorOf(name, header) }));
  const normalised = candidates.filter(({ operator }) => operator === 'Softmax');
  const wished = gives ?? preferred;
  const chosen =
    candidates.find(({ name }) => name === wished) ??
    candidates.find(({ name }) => name === 'probabilities') ??
    (candidates.length === 1 ? candidates[0] : undefined) ??
    (normalised.length === 1 ? normalised[0] : undefined) ??
    candidates.find(({ name }) => name === 'logits');
  if (!chosen)
    throw refuse(
      file,
      `which of its outputs is meant is not clear (${outputs.map(({ name }) => name).join(', ')})`,
      classifierHint,
    );
  const { name, operator } = chosen;
  if (operator === 'Sigmoid') throw refuse(file, 'its outputs are independent of each other', classifierHint);
  return { name, gives: gives ?? (operator === 'Softmax' ? 'probabilities' : 'logits') };
}

/** float16 comes as bits where JavaScript has no array of it. */
export const floats = ({ data }: { data: unknown }): Float32Array =>
  data instanceof Float32Array
    ? data
    : data instanceof Uint16Array
      ? Float32Array.from(data, halfValue)
      : Float32Array.from(data as ArrayLike<number>);

/** [n, outputs], or that with further axes of one element. */
export const isRowPerImage = ([images, outputs = 0, ...rest]: readonly number[], n: number): boolean =>
  images === n && outputs > 1 && rest.every((side) => side === 1);

/** Whether a row is one of probabilities, whatever it comes from. */
const isDistribution = (row: Float32Array): boolean =>
  row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;

/** Above this no value is a probability, rounded or not. */
const mostProbability = 1.01;

/** What rows of outputs show to be: all distributions, or with values that no probability has; null: neither. */
export function kindOfRows(values: Float32Array, outputs: number): OutputForm['gives'] | null {
  if (values.some((value) => value < 0 || value > mostProbability)) return 'logits';
  for (let at = 0; at < values.length; at += outputs)
    if (!isDistribution(values.subarray(at, at + outputs))) return null;
  return 'probabilities';
}

/** Whether its rows are probabilities or logits: as its user states it, else by a row of a trial, else by the graph. */
export const givenKind = (
  row: Float32Array,
  { gives }: OutputForm,
  hints: DeployedHints,
): OutputForm['gives'] => hints.gives ?? (isDistribution(row) ? 'probabilities' : gives);

/** The names of the outputs by the file, or by the files beside it where they are as many. */
export function statedClasses(
  { metadata }: OnnxHeader,
  { classes }: DeployedHints,
  outputs: number,
): string[] | null {
  return classNamesIn(metadata) ?? (classes?.length === outputs ? classes : null);
}
