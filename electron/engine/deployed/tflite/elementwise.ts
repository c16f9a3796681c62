import { largest } from '../../../contract/extremes.ts';
import { fixedPoint } from './fixed-point.ts';
import type { TfliteOperator } from './model.ts';
import type { Values } from './values.ts';

/** Operators that combine values of equal shape. */

/** Where NHWC's axes are in NCHW. */
const planeAxes = [0, 2, 3, 1];

/** An operand in float, in its place for a result of `rank` dimensions; fewer dimensions broadcast from the last one. */
function operand(values: Values, index: number, rank: number): string {
  const { shape, type } = values.tensor(index);
  const full = [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
  if (values.isConstant(index)) {
    if (type !== 'FLOAT32') values.fold(index, index);
    return values.planeOrder(values.graph.constant('float32', full, values.reals(index)), rank);
  }
  const value = values.isFloat(index)
    ? values.value(index)
    : values.toReal(values.value(index), values.stored(index));
  if (shape.length === rank) return value;
  // A vector [n, channels] for a map.
  if (shape.length !== 2 || rank !== 4)
    throw values.unsupported('values of different dimensions are combined');
  return values.graph.node('Reshape', [value, values.graph.ints([-1, shape[1]!, 1, 1])]);
}

/** A result in float as the output has it. */
const asOutput = (values: Values, output: number, result: string): string =>
  values.isFloat(output) ? result : values.toStored(result, values.stored(output));

export function elementwise(
  values: Values,
  name: string,
  operator: TfliteOperator,
  activation: number,
): string {
  const rank = values.tensor(operator.output).shape.length;
  const [a, b] = [values.requiredInput(operator, 0), values.requiredInput(operator, 1)];
  const result = values.graph.node(name, [operand(values, a, rank), operand(values, b, rank)]);
  return asOutput(values, operator.output, values.activate(result, activation));
}

/** A function of each element. */
export function nonlinear(
  values: Values,
  code: 'LOGISTIC' | 'HARD_SWISH' | 'GELU',
  input: number,
  output: number,
): string {
  const { graph } = values;
  const x = operand(values, input, values.tensor(input).shape.length);
  const compute = (): string => {
    switch (code) {
      case 'LOGISTIC':
        return graph.node('Sigmoid', [x]);
      case 'HARD_SWISH':
        return graph.node('HardSwish', [x]);
      case 'GELU': {
        const erf = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
        const half = graph.node('Mul', [x, graph.scalar(0.5)]);
        return graph.node('Mul', [half, graph.node('Add', [erf, graph.scalar(1)])]);
      }
    }
  };
  return asOutput(values, output, compute());
}

/** Channels of a map. */
export function slice(values: Values, operator: TfliteOperator): string {
  const input = values.requiredInput(operator, 0);
  const [begin, size] = [1, 2].map((index) => values.integers(values.requiredInput(operator, index)));
  const { shape } = values.tensor(input);
  const isOfChannels = [0, 1, 2].every(
    (axis) => begin![axis] === 0 && (size![axis] === shape[axis] || size![axis] === -1),
  );
  if (shape.length !== 4 || !isOfChannels) throw values.unsupported('SLICE is not over channels');
  const from = begin![3]!;
  const to = size![3] === -1 ? shape[3]! : from + size![3]!;
  const range = [values.graph.ints([from]), values.graph.ints([to]), values.graph.ints([1])];
  const part = values.graph.node('Slice', [values.value(input), ...range]);
  if (values.isFloat(operator.output)) return part;
  const [stored, wanted] = [values.stored(input), values.stored(operator.output)];
  if (stored.scale !== wanted.scale || stored.zero !== wanted.zero)
    throw values.unsupported('SLICE has other steps than its input');
  return part;
}

/** Both inputs in units of half the larger scale and 2^-20 of it, added, then rescaled; integer_ops/add.h. */
export function addStored(values: Values, operator: TfliteOperator, activation: number): string {
  const inputs = [values.requiredInput(operator, 0), values.requiredInput(operator, 1)];
  const output = values.stored(operator.output);
  const unit = 2 * largest(inputs.map((input) => values.stored(input).scale));
  const [a, b] = inputs.map((input) => {
    const shifted = values.graph.node('Mul', [values.centred(input), values.fixed.number(2 ** 20)]);
    return values.fixed.multiply(shifted, [fixedPoint(values.stored(input).scale / unit)], [], 255);
  });
  const sum = values.graph.node('Add', [a!, b!]);
  const scaled = values.fixed.multiply(
    sum,
    [fixedPoint(unit / (2 ** 20 * output.scale))],
    [],
    2 ** 29,
    output.zero,
  );
  return values.fixed.clamp(scaled, ...values.bounds(output, activation));
}

export function concatenate(
  values: Values,
  operator: TfliteOperator,
  axis: number,
  activation: number,
): string {
  const { inputs, output } = operator;
  const rank = values.tensor(output).shape.length;
  const at = axis < 0 ? axis + rank : axis;
  const parts = inputs.map((_, index) => {
    const input = values.requiredInput(operator, index);
    return values.isFloat(output) ? operand(values, input, rank) : values.restep(input, output, activation);
  });
  const joined = values.graph.node('Concat', parts, { axis: rank === 4 ? (planeAxes[at] ?? at) : at });
  return values.isFloat(output) ? values.activate(joined, activation) : joined;
}
