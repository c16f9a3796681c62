import type { InferenceSession } from 'onnxruntime-node';
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

/**
 * Which output to read: the one called "probabilities", the only one, the only one of a softmax, or the one called "logits".
 * Throws UNSUPPORTED_FORMAT where that leaves none.
 */
export function outputForm(
  file: string,
  outputs: readonly InferenceSession.ValueMetadata[],
  header: OnnxHeader,
): OutputForm {
  const candidates = outputs
    .filter((one) => one.isTensor && (one.type === 'float32' || one.type === 'float16'))
    .map(({ name }) => ({ name, operator: operatorOf(name, header) }));
  const normalised = candidates.filter(({ operator }) => operator === 'Softmax');
  const chosen =
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
  return { name, gives: operator === 'Softmax' ? 'probabilities' : 'logits' };
}
