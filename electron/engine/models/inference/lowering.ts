import { product } from '../describe.ts';
import type { Operator } from './graph.ts';

/** A step of an operator that TensorFlow Lite has no single operator for. Its value is called '<operator>/<name>', the last one's like the operator. */
export interface LoweredStep {
  name: string;
  kind: 'add' | 'subtract' | 'multiply' | 'squaredDifference' | 'rsqrt' | 'mean' | 'reshape' | 'transpose';
  /** Names of other steps, values of the graph, or numbers. */
  inputs: (string | number)[];
  /** Without the batch. */
  shape: number[];
  /** Cut off below 0 and above 6. */
  relu6?: true;
  /** Of a transposition, with the batch in front. */
  order?: number[];
}

/** The name of a step's value. */
export const stepValue = (operator: string, step: string): string =>
  step === '' ? operator : `${operator}/${step}`;

/** The steps of an operator in their order; null where TensorFlow Lite has it as it is. */
export function lowered(operator: Operator): LoweredStep[] | null {
  const { name, shape, inputs } = operator;
  const [x] = inputs as [string];
  const of = (step: string) => stepValue(name, step);
  if (operator.kind === 'nonlinear' && operator.nonlinearity === 'hard-sigmoid')
    return [
      { name: 'shifted', kind: 'add', inputs: [x, 3], shape, relu6: true },
      { name: '', kind: 'multiply', inputs: [of('shifted'), 1 / 6], shape },
    ];
  if (operator.kind === 'shuffle') {
    const { groups } = operator;
    const each = shape.at(-1)! / groups;
    const pixels = product(shape.slice(0, -1));
    return [
      { name: 'groups', kind: 'reshape', inputs: [x], shape: [pixels, groups, each] },
      {
        name: 'turned',
        kind: 'transpose',
        inputs: [of('groups')],
        shape: [pixels, each, groups],
        order: [0, 1, 3, 2],
      },
      { name: '', kind: 'reshape', inputs: [of('turned')], shape },
    ];
  }
  if (operator.kind === 'normalise') {
    const one = shape.with(-1, 1);
    return [
      { name: 'mean', kind: 'mean', inputs: [x], shape: one },
      { name: 'squares', kind: 'squaredDifference', inputs: [x, of('mean')], shape },
      { name: 'variance', kind: 'mean', inputs: [of('squares')], shape: one },
      { name: 'raised', kind: 'add', inputs: [of('variance'), operator.epsilon], shape: one },
      { name: 'factor', kind: 'rsqrt', inputs: [of('raised')], shape: one },
      { name: 'centred', kind: 'subtract', inputs: [x, of('mean')], shape },
      { name: '', kind: 'multiply', inputs: [of('centred'), of('factor')], shape },
    ];
  }
  return null;
}
