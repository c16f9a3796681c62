import { smallest } from '../../../contract/extremes.ts';
import { elementCodes } from '../../backend/onnx/fields.ts';
import type { Attribute } from '../../backend/onnx/encode.ts';
import type { GraphBuilder } from '../../backend/onnx/graph.ts';
import type { FixedPointNodes } from './fixed-point.ts';

/** What an 8-bit convolution sums up. */
export interface Products {
  /** uint8, NCHW, with its zero point. */
  from: string;
  zero: number;
  /** Whole numbers of 8 bits less their zero point, [outputs, inputs, height, width] as `dims`. */
  weights: Float32Array;
  dims: readonly number[];
  bias: readonly number[] | null;
  /** Of ONNX's Conv. */
  attributes: Record<string, Attribute>;
}

/** The greatest value that the products with any 8-bit values, or a part of them, sum up to, of each output. */
function reaches({ weights, dims: [outputs] }: Products): number[] {
  const each = weights.length / outputs!;
  return Array.from({ length: outputs! }, (_, output) => {
    let reach = 0;
    for (let i = 0; i < each; i++) reach += 255 * Math.abs(weights[output * each + i]!);
    return reach;
  });
}

/** Where float32 holds every whole number that may occur. */
function asFloat(graph: GraphBuilder, { from, zero, weights, dims, attributes }: Products): string {
  const float = graph.node('Cast', [from], { to: elementCodes.float32 });
  const centred = graph.node('Sub', [float, graph.scalar(zero)]);
  return graph.node('Conv', [centred, graph.constant('float32', dims, weights)], attributes);
}

/** By ONNX Runtime's integer kernel, which takes several times as long. */
function asIntegers(graph: GraphBuilder, { from, zero, weights, dims, attributes }: Products): string {
  const least = smallest(weights, 0);
  const filter = Uint8Array.from(weights, (weight) => weight - least);
  const byte = (value: number) => graph.constant('uint8', [], Uint8Array.of(value), `u${value}`);
  const inputs = [from, graph.constant('uint8', dims, filter), byte(zero), byte(-least)];
  return graph.node('ConvInteger', inputs, attributes);
}

/** The exact sums with the bias, as float64, and what they are at most. */
export function exactSums(
  graph: GraphBuilder,
  fixed: FixedPointNodes,
  products: Products,
): { sums: string; most: number } {
  const { bias, dims } = products;
  const reach = reaches(products);
  const isExact = reach.every((value) => value <= 2 ** 24);
  const whole = fixed.toDouble((isExact ? asFloat : asIntegers)(graph, products));
  const most = reach.reduce((top, value, output) => Math.max(top, value + Math.abs(bias?.[output] ?? 0)), 0);
  if (!bias) return { sums: whole, most };
  return { sums: graph.node('Add', [whole, fixed.constant(bias, [dims[0]!, 1, 1])]), most };
}
