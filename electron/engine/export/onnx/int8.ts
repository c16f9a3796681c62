import type { InferenceGraph } from '../../models/inference/graph.ts';
import { type Affine, quantisedFilter, type ScaledIntegers } from '../quantise/affine.ts';
import type { NamedGraph } from './named-graph.ts';
import { float32, type Precision, torchFilter } from './precision.ts';

export interface Int8Plan {
  /** Of every value of the graph. */
  steps: ReadonlyMap<string, Affine>;
  /** Operators that are computed in float: their weights are float32, and a value that only they read is not quantised. */
  float: ReadonlySet<string>;
}

/**
 * Of activations. On x64 ONNX Runtime 1.30 makes integer operators of all of a network only where they are unsigned; int8 is
 * slower there than float (docs/exports.md).
 */
const type = 'uint8';
/** From int8, in which steps are given. */
const shift = 128;
const steps8Bit = 255;
/** Of a scale to float32, relative. */
const rounding = 2 ** -23;

/** Adds what stores values in 8 bits to one graph. */
class Quantiser {
  readonly #graph: NamedGraph;
  readonly #dequantised = new Map<string, string>();
  readonly #zeroPoints = new Map<number, string>();

  constructor(graph: NamedGraph) {
    this.#graph = graph;
  }

  /** A float value as it is after it was stored in 8 bits; one pair of nodes for all who read it. */
  activation(name: string, { scale, zeroPoint }: Affine): string {
    const known = this.#dequantised.get(name);
    if (known !== undefined) return known;
    const zero = zeroPoint + shift;
    const parameters = [
      this.#graph.scalar(`${name}.scale`, scale),
      this.#graph.scalar(`zero_point.${zero}`, zero, type),
    ];
    const stored = this.#graph.node(`${name}.${type}`, 'QuantizeLinear', [name, ...parameters]);
    const result = this.#graph.node(`${name}.dequantised`, 'DequantizeLinear', [stored, ...parameters]);
    this.#dequantised.set(name, result);
    return result;
  }

  /** A constant as it is after it was stored with a scale an output, along its first axis. */
  constant(
    name: string,
    element: 'int8' | 'int32',
    { data, scales }: ScaledIntegers,
    dims: readonly number[],
  ) {
    const parameters = [
      this.#graph.constant(`${name}.${element}`, element, dims, data),
      this.#graph.constant(`${name}.scale`, 'float32', [scales.length], Float32Array.from(scales)),
      // ONNX Runtime makes a QGemm of a Gemm only where its weights have zero points.
      ...(element === 'int8' ? [this.#weightZeroPoints(scales.length)] : []),
    ];
    return this.#graph.node(name, 'DequantizeLinear', parameters, { axis: 0 });
  }

  /** One constant for all filters with so many outputs. */
  #weightZeroPoints(channels: number): string {
    const name =
      this.#zeroPoints.get(channels) ??
      this.#graph.constant(`weight.zero_points.${channels}`, 'int8', [channels], new Int8Array(channels));
    this.#zeroPoints.set(channels, name);
    return name;
  }
}

/**
 * Static quantisation as pairs of QuantizeLinear and DequantizeLinear (QDQ), which ONNX Runtime fuses into integer operators:
 * activations per tensor, weights int8 around 0 per output channel, biases int32 in units of the product of the two. Logits stay
 * in float. For one file.
 */
export function int8({ operators }: InferenceGraph, { steps, float }: Int8Plan): Precision {
  const isQuantised = (value: string): boolean =>
    operators.some(({ name, inputs }) => inputs.includes(value) && !float.has(name));
  let quantiser: Quantiser | null = null;
  const of = (graph: NamedGraph): Quantiser => (quantiser ??= new Quantiser(graph));

  return {
    weights(graph, operator, folded) {
      if (float.has(operator.name)) return float32.weights(graph, operator, folded);
      const { dims, data } = torchFilter(operator, folded);
      const inner = data.length / folded.bias.length;
      const { weight, bias } = quantisedFilter(data, folded.bias, {
        inputScale: steps.get(operator.inputs[0]!)!.scale,
        channelOf: (index) => Math.floor(index / inner),
      });
      return {
        weight: of(graph).constant(`${operator.name}.weight`, 'int8', weight, dims),
        bias: of(graph).constant(`${operator.name}.bias`, 'int32', bias, [folded.bias.length]),
      };
    },
    read: (graph, value, name) => (isQuantised(value) ? of(graph).activation(name, steps.get(value)!) : name),
    between(graph, { kind, name: value }, name) {
      const isPool = kind === 'globalAveragePool' || kind === 'globalMaxPool';
      return isPool && isQuantised(value) ? of(graph).activation(name, steps.get(value)!) : name;
    },
    // What lies below 0, or above 6, is cut off where the steps end there.
    clamps(operator) {
      if (!('activation' in operator) || !isQuantised(operator.name)) return false;
      const { scale, zeroPoint } = steps.get(operator.name)!;
      if (zeroPoint + shift !== 0) return false;
      return operator.activation !== 'relu6' || scale * steps8Bit <= 6 * (1 + rounding);
    },
  };
}
