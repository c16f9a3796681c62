import type { Nonlinearity } from '../backend/ops/activation.ts';
import type { Activation } from '../backend/ops/batch-norm.ts';
import type { FilterInitial, LinearInitial } from './initialise.ts';

export interface Window {
  kernel: number;
  stride: number;
  /** Rows and columns added on every side. */
  padding: number;
}

export interface FilterOptions extends Window {
  /** How filter and bias start: as torchvision's ResNets unless given. */
  initial?: FilterInitial;
  /** A bias and what comes after it; no bias unless given. */
  bias?: { activation: 'none' | 'relu' };
}

export interface PoolOptions extends Window {
  /** A window that reaches beyond the map counts, too (PyTorch's ceil_mode). */
  ceil?: boolean;
}

export interface NormOptions<V> {
  activation?: Activation;
  /** What is added before the activation. A function, so that a block names its shortcut's layers after its own. */
  skip?: () => V;
  /** What beta starts from; 0 unless given. */
  beta?: number;
  /** Under the root; PyTorch's 1e-5 unless given. */
  epsilon?: number;
  /** Weight of the old running statistics, 1 less PyTorch's momentum; 0.9 unless given. */
  momentum?: number;
}

export interface LinearOptions {
  units: number;
  bias: boolean;
  initial: LinearInitial;
  /** The module in PyTorch: a 1x1 convolution's filter has two more axes. Linear unless given. */
  module?: 'Linear' | 'Conv2d';
}

/**
 * What networks are written in. A network is written once, over any V, and run over shapes to learn its parameters and
 * costs (describe.ts) and over tensors to compute (execute.ts). Images and maps are [h, w, c], vectors [units], beside
 * the batch. Names are those of PyTorch's modules: 'layer1.0.conv1' owns 'layer1.0.conv1.weight'.
 */
export interface Layers<V> {
  conv(name: string, x: V, options: FilterOptions & { channels: number }): V;
  depthwise(name: string, x: V, options: FilterOptions): V;
  norm(name: string, x: V, options?: NormOptions<V>): V;
  /** Over the channels of each pixel, or over a vector. */
  layerNorm(name: string, x: V, epsilon: number): V;
  /** Of a vector, or of every pixel of a map. */
  linear(name: string, x: V, options: LinearOptions): V;
  maxPool(name: string, x: V, options: PoolOptions): V;
  globalAveragePool(name: string, x: V): V;
  globalMaxPool(name: string, x: V): V;
  /** Joins two vectors, or two maps along their channels. */
  concat(a: V, b: V): V;
  /** The channels of a map in two halves. */
  halves(x: V): [V, V];
  /** The channels of so many groups in turn. */
  shuffle(x: V, groups: number): V;
  relu(x: V): V;
  nonlinear(x: V, kind: Nonlinearity): V;
  /** Each channel of a map times an element of a vector. */
  gate(x: V, gates: V): V;
  /** Each channel of a map times a parameter '<name>' that starts at `initial`. */
  scale(name: string, x: V, initial: number): V;
  add(a: V, b: V): V;
  /** In training only. */
  dropout(x: V, rate: number): V;
  /** In training only: whole images' x are 0 at this rate, the others divided by 1 - rate (Huang et al., 2016). */
  stochasticDepth(x: V, rate: number): V;
  /** Marks an output that feature distillation may look at; returns x. */
  stage(name: string, x: V): V;
  /**
   * Marks a map whose averages over the pixels are the penultimate vector, in a network that does not end with a linear layer.
   * Returns x.
   */
  penultimate(x: V): V;
}

export type Section = <V>(layers: Layers<V>, x: V) => V;

/** A network is its parameter groups in order, from the image to the logits; the last is the head. */
export type Network = readonly Section[];
