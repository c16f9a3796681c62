import { elementCodes } from '../../backend/onnx/fields.ts';
import type { GraphBuilder } from '../../backend/onnx/graph.ts';

/**
 * TensorFlow Lite's arithmetic of int8 networks, as its reference kernels do it (tensorflow/lite/kernels/internal/common.cc,
 * MultiplyByQuantizedMultiplier with double rounding), in nodes of float64, which hold every whole number that occurs exactly.
 */

/** m = multiplier / 2^31 * 2^shift, the multiplier of 31 bits. */
export interface FixedPoint {
  multiplier: number;
  shift: number;
}

/** Of a factor above 0, as QuantizeMultiplier does. */
export function fixedPoint(factor: number): FixedPoint {
  let shift = 0;
  let fraction = factor;
  for (; fraction >= 1; fraction /= 2) shift++;
  for (; fraction < 0.5 && shift > -40; fraction *= 2) shift--;
  let multiplier = Math.round(fraction * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** Nodes over float64 values that are whole numbers. */
export class FixedPointNodes {
  private readonly graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  /** A constant, one number or one a channel, whose shape broadcasts. */
  constant(values: readonly number[], dims: readonly number[]): string {
    return this.graph.constant(
      'float64',
      dims,
      Float64Array.from(values),
      `d${dims.join()}:${values.join()}`,
    );
  }

  number(value: number): string {
    return this.constant([value], []);
  }

  toDouble(x: string): string {
    return this.graph.node('Cast', [x], { to: elementCodes.float64 });
  }

  /**
   * x times the factors, one or one a channel, rounded twice as TensorFlow Lite does, plus `added`. x is at most `most`, times
   * any power of two.
   *
   * First to t = floor((x m 2^left + 2^30) / 2^31). Then t / 2^right, halves away from zero: a factor of 1 + 2^-40 moves halves,
   * and nothing else, past the half.
   */
  multiply(
    x: string,
    factors: readonly FixedPoint[],
    dims: readonly number[],
    most: number,
    added = 0,
  ): string {
    const left = ({ shift }: FixedPoint) => 2 ** Math.max(shift, 0);
    const right = ({ shift }: FixedPoint) => 2 ** Math.min(shift, 0);
    const isShort = factors.every((one) => most * left(one) <= 2 ** 22);
    const whole = factors.map((one) => one.multiplier * left(one));
    const once = isShort ? this.roundedShort(x, whole, dims) : this.roundedLong(x, whole, dims);
    const last = factors.map((one) => right(one) * (1 + 2 ** -40));
    const scaled = this.graph.node('Mul', [once, this.constant(last, dims)]);
    return this.graph.node('Floor', [this.graph.node('Add', [scaled, this.number(0.5 + added)])]);
  }

  /** floor(x m / 2^31 + 1/2) where x m has at most 53 bits. */
  private roundedShort(x: string, multipliers: readonly number[], dims: readonly number[]): string {
    const factor = this.constant(
      multipliers.map((m) => m / 2 ** 31),
      dims,
    );
    return this.graph.node('Floor', [
      this.graph.node('Add', [this.graph.node('Mul', [x, factor]), this.number(0.5)]),
    ]);
  }

  /** The same, m cut into 15 low bits and the rest, whose products with 32 bits are exact. */
  private roundedLong(x: string, multipliers: readonly number[], dims: readonly number[]): string {
    const { graph } = this;
    const low = multipliers.map((m) => (m % 2 ** 15) / 2 ** 15);
    const high = multipliers.map((m) => Math.floor(m / 2 ** 15));
    const lower = graph.node('Floor', [
      graph.node('Add', [graph.node('Mul', [x, this.constant(low, dims)]), this.number(2 ** 15)]),
    ]);
    const sum = graph.node('Add', [graph.node('Mul', [x, this.constant(high, dims)]), lower]);
    return graph.node('Floor', [graph.node('Mul', [sum, this.number(2 ** -16)])]);
  }

  /** To uint8, values outside of the bounds moved to them. */
  clamp(x: string, low: number, high: number): string {
    const clipped = this.graph.node('Clip', [x, this.number(low), this.number(high)]);
    return this.graph.node('Cast', [clipped], { to: elementCodes.uint8 });
  }
}
