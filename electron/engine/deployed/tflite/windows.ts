import { elementCodes } from '../../backend/onnx/fields.ts';
import { paddings } from '../../flatbuffer/tflite.ts';
import { type FixedPoint, fixedPoint } from './fixed-point.ts';
import type { TfliteOperator } from './model.ts';
import type { Options, Values } from './values.ts';

/** Operators that move a window over an image, pad it, or take it whole. */

/** Strides, dilations and padding of a window of `kernel` rows and columns. */
export function window(
  values: Values,
  input: number,
  output: number,
  kernel: [number, number],
  options: Options,
) {
  const strides = [Number(options['stride_h']), Number(options['stride_w'])];
  const dilations = [Number(options['dilation_h_factor'] ?? 1), Number(options['dilation_w_factor'] ?? 1)];
  const [from, to] = [values.tensor(input).shape, values.tensor(output).shape];
  if (from.length !== 4 || to.length !== 4)
    throw values.corrupt('a window moves over something other than an image.');
  const total = kernel.map((side, axis) => {
    const reach = (side - 1) * dilations[axis]! + 1;
    const length = from[axis + 1]!;
    return options['padding'] === paddings.SAME
      ? Math.max(0, (Math.ceil(length / strides[axis]!) - 1) * strides[axis]! + reach - length)
      : 0;
  });
  const before = total.map((rows) => Math.floor(rows / 2));
  return {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...before, ...total.map((rows, i) => rows - before[i]!)],
  };
}

function poolWindow(values: Values, input: number, output: number, options: Options) {
  const kernel: [number, number] = [Number(options['filter_height']), Number(options['filter_width'])];
  const { kernel_shape, strides, pads } = window(values, input, output, kernel, options);
  return { kernel_shape, strides, pads };
}

export function maxPool(
  values: Values,
  input: number,
  output: number,
  options: Options,
  activation: number,
): string {
  const window = poolWindow(values, input, output, options);
  const pooled = values.graph.node('MaxPool', [values.value(input)], window);
  if (values.isFloat(output)) return values.activate(pooled, activation);
  const [low, high] = values.bounds(values.stored(output), activation);
  return low === 0 && high === 255 ? pooled : values.fixed.clamp(values.fixed.toDouble(pooled), low, high);
}

export function averagePool(
  values: Values,
  input: number,
  output: number,
  options: Options,
  activation: number,
): string {
  const window = poolWindow(values, input, output, options);
  if (values.isFloat(output))
    return values.activate(values.graph.node('AveragePool', [values.value(input)], window), activation);
  const float = values.graph.node('Cast', [values.value(input)], { to: elementCodes.float32 });
  const mean = values.graph.node('AveragePool', [float], window);
  const rounded = values.graph.node('Floor', [values.graph.node('Add', [mean, values.graph.scalar(0.5)])]);
  return values.fixed.clamp(
    values.fixed.toDouble(rounded),
    ...values.bounds(values.stored(output), activation),
  );
}

export function pad(values: Values, input: number, amounts: number, output: number): string {
  const list = values.integers(amounts);
  const [from, to] = [values.tensor(input).shape, values.tensor(output).shape];
  const isSound = from.every((side, axis) => {
    const [before, after] = [list[2 * axis] ?? -1, list[2 * axis + 1] ?? -1];
    return before >= 0 && after >= 0 && side + before + after === to[axis];
  });
  if (!isSound || from.length !== 4) throw values.corrupt('a padding does not fit its shapes.');
  const order = [0, 3, 1, 2];
  const pads = [...order.map((axis) => list[2 * axis]!), ...order.map((axis) => list[2 * axis + 1]!)];
  const fill = values.isFloat(input)
    ? values.graph.scalar(0)
    : values.graph.constant('uint8', [], Uint8Array.of(values.stored(output).zero));
  return values.graph.node('Pad', [values.value(input), values.graph.ints(pads), fill]);
}

/** Over height and width. */
export function reduce(values: Values, operator: TfliteOperator, keepsDimensions: boolean): string {
  const { code, output } = operator;
  const input = values.requiredInput(operator, 0);
  const { shape } = values.tensor(input);
  const axes = values
    .integers(values.requiredInput(operator, 1))
    .map((axis) => (axis < 0 ? axis + shape.length : axis));
  if (
    code === 'MEAN' &&
    axes.join() === String(shape.length - 1) &&
    keepsDimensions &&
    values.isFloat(output)
  )
    return values.graph.node(
      'ReduceMean',
      [values.value(input), values.graph.ints([shape.length === 4 ? 1 : axes[0]!])],
      { keepdims: 1 },
    );
  if (shape.length !== 4 || axes.toSorted().join() !== '1,2')
    throw values.unsupported(`${code} is not over height and width`);
  const over = values.graph.ints([2, 3]);
  const attributes = { keepdims: keepsDimensions ? 1 : 0 };
  if (code === 'REDUCE_MAX') return values.graph.node('ReduceMax', [values.value(input), over], attributes);
  if (values.isFloat(output)) return values.graph.node('ReduceMean', [values.value(input), over], attributes);
  const [from, to] = [values.stored(input), values.stored(output)];
  const sum = values.graph.node('ReduceSum', [values.centred(input), over], attributes);
  const count = shape[1]! * shape[2]!;
  const scaled = values.fixed.multiply(
    sum,
    [meanFactor(from.scale / to.scale, count)],
    [],
    255 * count,
    to.zero,
  );
  return values.fixed.clamp(scaled, 0, 255);
}

/** The factor of a sum that makes it a mean: divided as a fixed-point number, as reduce.cc does. */
function meanFactor(factor: number, count: number): FixedPoint {
  const { multiplier, shift } = fixedPoint(factor);
  const added = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** added) / count), shift: shift - added };
}
