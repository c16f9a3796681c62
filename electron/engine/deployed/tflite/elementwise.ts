import { largest } from '../../../contract/extremes.ts';
import { fixedPoint } from './fixed-point.ts';
import type { TfliteOperator } from './model.ts';
import type { Values } from './values.ts';

/** Operators that combine values of equal shape. */

/** Where NHWC's axes are in NCHW. */
const planeAxes = [0, 2, 3, 1];

/** A float operand in its place for a result of `rank` dimensions; constants broadcast from their last dimension. */
function operand(values: Values, index: number, rank: number): string {
  const { shape } = values.tensor(index);
  if (!values.isConstant(index)) {
    if (shape.length !== rank) throw values.unsupported('values of different dimensions are combined');
    return values.value(index);
  }
  const full = [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
  return values.planeOrder(values.graph.constant('float32', full, values.reals(index)), rank);
}

export function elementwise(
  values: Values,
  name: string,
  operator: TfliteOperator,
  activation: number,
): string {
  const rank = values.tensor(operator.output).shape.length;
  const [a, b] = [values.requiredInput(operator, 0), values.requiredInput(operator, 1)];
  return values.activate(
    values.graph.node(name, [operand(values, a, rank), operand(values, b, rank)]),
    activation,
  );
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
