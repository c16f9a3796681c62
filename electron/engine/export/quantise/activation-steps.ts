import { DistillError } from '../../../contract/errors.ts';
import { type InferenceGraph, inputName } from '../../models/inference/graph.ts';
import { type ActivationRanges, type Affine, affineOf } from './affine.ts';

/**
 * The steps of every value of a graph. Maximum pooling and joining hand stored numbers on as they are: what goes in has the
 * steps of what comes out. Throws INVALID_INPUT where a range is missing or not finite.
 */
export function activationSteps(
  { operators }: InferenceGraph,
  ranges: ActivationRanges,
): Map<string, Affine> {
  const steps = new Map<string, Affine>();
  for (const value of [inputName, ...operators.map(({ name }) => name)]) {
    const range = ranges.get(value);
    if (!range || !Number.isFinite(range.min) || !Number.isFinite(range.max))
      throw new DistillError('INVALID_INPUT', `The calibration gave no range for "${value}".`);
    steps.set(value, affineOf(range));
  }
  for (const { kind, name, inputs } of operators)
    if (kind === 'maxPool' || kind === 'globalMaxPool') steps.set(name, steps.get(inputs[0]!)!);
  for (const { kind, name, inputs } of operators.toReversed()) {
    if (kind !== 'concat') continue;
    // One of the two is a maximum over the values that the other averages: its steps are those of the larger range.
    const maximum = operators.find((one) => inputs.includes(one.name) && one.kind === 'globalMaxPool');
    const common = steps.get(maximum?.name ?? name)!;
    for (const value of [name, ...inputs]) steps.set(value, common);
  }
  return steps;
}
