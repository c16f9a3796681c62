import type { Value } from '../../layout.ts';

/**
 * Sums, inner products and affine maps per channel, the pieces of batch norm, in the two layouts. They are chosen by their passes
 * over memory: a batch's activations are far larger than the caches. docs/backend.md has the measurements.
 *
 * Channel vectors are [c]; images are given and returned under the names of `open`.
 */
export interface ChannelOps {
  /** Elements per channel. */
  readonly count: number;
  /** The form of a value of x's shape in which the others take it. */
  open: (value: Value) => string;
  close: (name: string) => Value;
  mean: (x: string) => string;
  sum: (x: string) => string;
  /** sum of x * y, times `factor` (1 unless given) */
  product: (x: string, y: string, factor?: number) => string;
  /** x - mean */
  centre: (x: string, mean: string) => string;
  /** activation(x * scale + shift + addend) */
  affine: (x: string, map: AffineMap) => string;
  /** activation(x + y); cheapest where nothing else reads y. */
  add: (x: string, y: string, activation: Activation) => string;
  /** dy where the activation let its input through, from the activation's output y. */
  gate: (dy: string, y: string, activation: Activation) => string;
}

export type Activation = 'none' | 'relu' | 'relu6';

export interface AffineMap {
  /** 1 unless given. */
  scale?: string;
  shift?: string;
  /** Of x's shape; copied unless nothing else reads it. */
  addend?: string;
  activation?: Activation;
}
