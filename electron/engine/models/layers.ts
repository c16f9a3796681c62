import type { Activation } from '../backend/ops/batch-norm.ts';
import type { LinearInitial } from './initialise.ts';

export interface Window {
  kernel: number;
  stride: number;
  /** Rows and columns added on every side. */
  padding: number;
}

export interface NormOptions<V> {
  activation?: Activation;
  /** What is added before the activation. A function, so that a block names its shortcut's layers after its own. */
  skip?: () => V;
  /** What beta starts from; 0 unless given. */
  beta?: number;
}

export interface LinearOptions {
  units: number;
  bias: boolean;
  initial: LinearInitial;
}

/**
 * What networks are written in. A network is written once, over any V, and run over shapes to learn its parameters and
 * costs (describe.ts) and over tensors to compute (execute.ts). Images and maps are [h, w, c], vectors [units], beside
 * the batch. Names are those of PyTorch's modules: 'layer1.0.conv1' owns 'layer1.0.conv1.weight'.
 */
export interface Layers<V> {
  /** Convolution without bias. */
  conv(name: string, x: V, options: Window & { channels: number }): V;
  depthwise(name: string, x: V, options: Window): V;
  norm(name: string, x: V, options?: NormOptions<V>): V;
  linear(name: string, x: V, options: LinearOptions): V;
  maxPool(name: string, x: V, window: Window): V;
  globalAveragePool(name: string, x: V): V;
  globalMaxPool(name: string, x: V): V;
  /** Joins two vectors. */
  concat(a: V, b: V): V;
  relu(x: V): V;
  /** In training only. */
  dropout(x: V, rate: number): V;
  /** Marks an output that feature distillation may look at; returns x. */
  stage(name: string, x: V): V;
}

export type Section = <V>(layers: Layers<V>, x: V) => V;

/** A network is its parameter groups in order, from the image to the logits; the last is the head. */
export type Network = readonly Section[];
