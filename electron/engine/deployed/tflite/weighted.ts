import type { Attribute } from '../../backend/onnx/encode.ts';
import { fixedPoint } from './fixed-point.ts';
import type { TfliteOperator } from './model.ts';
import { exactSums } from './products.ts';
import type { Options, Values } from './values.ts';
import { window } from './windows.ts';

/** Convolutions and linear layers. */

/** A filter [outputs, height, width, inputs] as [outputs, inputs, height, width]; a depthwise one, [1, height, width, channels], as [channels, height, width]. */
function inPlanes<T extends Float32Array | Uint8Array>(data: T, shape: readonly number[]): T {
  if (shape.length !== 4) return data;
  const [outputs, height, width, inputs] = shape as [number, number, number, number];
  const area = height * width;
  const turned = data.slice() as T;
  for (let o = 0; o < outputs; o++)
    for (let p = 0; p < area; p++)
      for (let i = 0; i < inputs; i++)
        turned[(o * inputs + i) * area + p] = data[(o * area + p) * inputs + i]!;
  return turned;
}

function sumFloat(
  values: Values,
  from: string,
  filter: number,
  bias: number | null,
  dims: number[],
  attributes: Record<string, Attribute>,
): string {
  const { shape } = values.tensor(filter);
  const weight = values.graph.constant('float32', dims, inPlanes(values.reals(filter), shape));
  const added = bias === null ? [] : [values.graph.constant('float32', [dims[0]!], values.reals(bias))];
  return values.graph.node('Conv', [from, weight, ...added], attributes);
}

/** Exact sums of products, rescaled and kept within the activation's bounds. */
function weightedStored(
  values: Values,
  { inputs, output }: TfliteOperator,
  from: string,
  dims: number[],
  attributes: Record<string, Attribute>,
  activation: number,
): string {
  const [input, filter, bias] = inputs as [number, number, number | null | undefined];
  const { data, type, steps, shape, name } = values.tensor(filter);
  if (!data || !steps || (type !== 'INT8' && type !== 'UINT8'))
    throw values.unsupported(`the filter "${name}" is not an int8 constant`);
  const [zero] = steps.zeroPoint;
  if (steps.zeroPoint.some((point) => point !== zero))
    throw values.unsupported(`the filter "${name}" has several zero points`);
  const stored = type === 'INT8' ? new Int8Array(data.slice().buffer) : data;
  const [source, to] = [values.stored(input), values.stored(output)];
  const weights = Float32Array.from(stored, (value) => value - zero!);
  const { sums, most } = exactSums(values.graph, values.fixed, {
    from,
    zero: source.zero,
    weights: inPlanes(weights, shape),
    dims,
    bias: bias === null || bias === undefined ? null : values.integers(bias),
    attributes,
  });
  const factors = steps.scale.map((scale) => fixedPoint((source.scale * scale) / to.scale));
  const scaleDims = factors.length === 1 ? [] : [factors.length, 1, 1];
  const scaled = values.fixed.multiply(sums, factors, scaleDims, most, to.zero);
  return values.fixed.clamp(scaled, ...values.bounds(to, activation));
}

export function weighted(
  values: Values,
  operator: TfliteOperator,
  options: Options,
  activation: number,
): string {
  const { code, inputs, output } = operator;
  const input = inputs[0]!;
  const filter = values.requiredInput(operator, 1);
  const bias = inputs[2] ?? null;
  const { shape } = values.tensor(filter);
  const isLinear = code === 'FULLY_CONNECTED';
  if (shape.length !== (isLinear ? 2 : 4))
    throw values.corrupt(`a filter of ${code} has the shape ${shape.join(' x ')}.`);
  const isDepthwise = code === 'DEPTHWISE_CONV_2D';
  const outputs = isDepthwise ? shape[3]! : shape[0]!;
  const channels = values.tensor(input).shape.at(-1)!;
  const rank = values.tensor(input).shape.length;
  const from = isLinear
    ? values.graph.node('Reshape', [
        values.pixelOrder(values.value(input), rank),
        values.graph.ints([-1, shape[1]!, 1, 1]),
      ])
    : values.value(input);
  const dims = isLinear
    ? [outputs, shape[1]!, 1, 1]
    : isDepthwise
      ? [outputs, 1, shape[1]!, shape[2]!]
      : [outputs, shape[3]!, shape[1]!, shape[2]!];
  const attributes: Record<string, Attribute> = isLinear
    ? {}
    : {
        ...window(values, input, output, [shape[1]!, shape[2]!], options),
        group: isDepthwise ? channels : channels / shape[3]!,
      };
  const activated = values.isFloat(output)
    ? values.activate(sumFloat(values, from, filter, bias, dims, attributes), activation)
    : weightedStored(values, operator, from, dims, attributes, activation);
  const toRank = values.tensor(output).shape.length;
  if (!isLinear || toRank === 4) return activated;
  return values.graph.node('Reshape', [
    activated,
    values.graph.ints([-1, ...values.tensor(output).shape.slice(1)]),
  ]);
}
