import { DistillError } from '../../../contract/errors.ts';
import { type InferenceGraph, inputName, type Operator } from '../../models/inference/graph.ts';
import { lowered, stepValue } from '../../models/inference/lowering.ts';
import { type ActivationRanges, type Affine, affineOf, type Range } from './affine.ts';

/** Operators that hand stored numbers on as they are: what goes in has the steps of what comes out. */
const passing: readonly Operator['kind'][] = ['maxPool', 'globalMaxPool', 'concat', 'slice', 'shuffle'];

/** Values that share their steps, by the first of them that was met. */
class Shared {
  readonly #first = new Map<string, string>();

  of(value: string): string {
    const first = this.#first.get(value) ?? value;
    return first === value ? value : this.of(first);
  }

  join(a: string, b: string): void {
    const [x, y] = [this.of(a), this.of(b)];
    if (x !== y) this.#first.set(y, x);
  }
}

/** TensorFlow Lite's integer sigmoid gives these. */
const sigmoidSteps: Affine = { scale: 1 / 256, zeroPoint: -128 };

/**
 * The steps of every value of a graph, and of the steps of its operators (lowering.ts). Values that are handed on as they are share
 * those of the widest range among them. Throws INVALID_INPUT where a range is missing or not finite.
 */
export function activationSteps(
  { operators }: InferenceGraph,
  ranges: ActivationRanges,
): Map<string, Affine> {
  const values = [inputName, ...operators.map(({ name }) => name)];
  const shared = new Shared();
  for (const { kind, name, inputs } of operators)
    if (passing.includes(kind)) for (const input of inputs) shared.join(name, input);
  const widest = new Map<string, Range>();
  for (const value of values) {
    const range = ranges.get(value);
    if (!range || !Number.isFinite(range.min) || !Number.isFinite(range.max))
      throw new DistillError('INVALID_INPUT', `The calibration gave no range for "${value}".`);
    const { min, max } = widest.get(shared.of(value)) ?? { min: 0, max: 0 };
    widest.set(shared.of(value), { min: Math.min(min, range.min), max: Math.max(max, range.max) });
  }
  const steps = new Map(values.map((value) => [value, affineOf(widest.get(shared.of(value))!)]));
  for (const operator of operators) {
    const { kind, name } = operator;
    if (kind === 'nonlinear' && operator.nonlinearity === 'sigmoid') steps.set(name, sigmoidSteps);
    if (kind === 'nonlinear' && operator.nonlinearity === 'hard-sigmoid')
      steps.set(name, affineOf({ min: 0, max: 1 }));
    for (const step of lowered(operator) ?? [])
      if (step.name !== '')
        steps.set(stepValue(name, step.name), step.relu6 ? affineOf({ min: 0, max: 6 }) : steps.get(name)!);
  }
  return steps;
}
