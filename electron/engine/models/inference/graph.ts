import type { Nonlinearity } from '../../backend/ops/activation.ts';
import type { Activation } from '../../backend/ops/batch-norm.ts';
import type { PoolOptions, Window } from '../layers.ts';

/**
 * A trained network as its user runs it: evaluation mode, dropout gone, every batch norm folded into the convolution or linear
 * layer beside it, every ReLU part of the operator before it. Exports are written from this.
 */
export interface InferenceGraph {
  /** Side in pixels of the square RGB image, [size, size, 3], that the first operator reads as the value `inputName`. */
  size: number;
  /** In an order in which they can be computed. */
  operators: Operator[];
  /** The value with the logits, [classes]. */
  output: string;
  classes: number;
}

/** The name of the value that holds the normalised image. */
export const inputName = 'image';

interface OperatorBase {
  /** Of the module in PyTorch that it comes from, and of the value that it gives. Unique in the graph. */
  name: string;
  /** Values: other operators' names, or `inputName`. */
  inputs: string[];
  /** Of the output, without the batch: [height, width, channels] or [units]. */
  shape: number[];
}

/** Where an operator's weights come from; foldedWeights (fold.ts) computes them. */
export interface Folding {
  /** The parameter, '<module>.weight', and its shape in our layout (model.ts). */
  weight: string;
  shape: number[];
  /** The parameter that is its bias; null where it has none of its own. */
  bias: string | null;
  /** The batch norm after it; what scales and shifts its input before it (a batch norm in fastai's head, a layer norm). */
  normAfter: FoldedNorm | null;
  normBefore: FoldedNorm | null;
  /** The parameter that its outputs are multiplied with last. */
  scaleAfter: string | null;
}

/** A norm's scale and shift, by its module's name. */
export interface FoldedNorm {
  name: string;
  /** Under the root of a batch norm's running variance; null of a layer norm, which has no statistics. */
  epsilon: number | null;
}

/** Every weighted operator has a bias once it is folded. */
interface Weighted extends OperatorBase {
  folding: Folding;
  activation: Activation;
}

/** Padding is the same on all four sides and fills with zeros. */
export type ConvOperator = Weighted & Window & { kind: 'conv' | 'depthwise' };
export type LinearOperator = Weighted & { kind: 'linear' };
/** Two inputs of equal shape. */
export type AddOperator = OperatorBase & { kind: 'add'; activation: Activation };
/** Of two inputs of equal shape, or of a map [height, width, channels] and a vector [channels], in this order. */
export type MultiplyOperator = OperatorBase & { kind: 'multiply' };
/** A function of each element; silu is a sigmoid and a multiplication. */
export type NonlinearOperator = OperatorBase & {
  kind: 'nonlinear';
  nonlinearity: Exclude<Nonlinearity, 'silu'>;
};
/** Less the mean, and divided by the root of variance + epsilon, both over the channels of each pixel. */
export type NormaliseOperator = OperatorBase & { kind: 'normalise'; epsilon: number };
/** Padding never wins: it counts as minus infinity. */
export type MaxPoolOperator = OperatorBase & PoolOptions & { kind: 'maxPool' };
/** Over height and width, to [channels]. */
export type GlobalPoolOperator = OperatorBase & { kind: 'globalAveragePool' | 'globalMaxPool' };
/** Of two vectors, or of the channels of two maps, in this order. */
export type ConcatOperator = OperatorBase & { kind: 'concat' };
/** So many channels of a map, from this one on. */
export type SliceOperator = OperatorBase & { kind: 'slice'; begin: number };
/** The channels of so many groups in turn. */
export type ShuffleOperator = OperatorBase & { kind: 'shuffle'; groups: number };

export type WeightedOperator = ConvOperator | LinearOperator;
export type Operator =
  | WeightedOperator
  | AddOperator
  | MultiplyOperator
  | NonlinearOperator
  | NormaliseOperator
  | MaxPoolOperator
  | GlobalPoolOperator
  | ConcatOperator
  | SliceOperator
  | ShuffleOperator;

export const isWeighted = (operator: Operator): operator is WeightedOperator => 'folding' in operator;

/** Whether a value is never below zero, by the operators that make it. */
export function isRectified({ operators }: Pick<InferenceGraph, 'operators'>, value: string): boolean {
  const producer = operators.find(({ name }) => name === value);
  if (!producer) return false;
  if ('activation' in producer) return producer.activation !== 'none';
  const passesOn = producer.kind === 'concat' || producer.kind === 'maxPool';
  return passesOn && producer.inputs.every((input) => isRectified({ operators }, input));
}
