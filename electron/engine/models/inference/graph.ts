import type { Activation } from '../../backend/ops/batch-norm.ts';
import type { Window } from '../layers.ts';

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
  /** The batch norm after it, and the one before it (in fastai's head), by module names. */
  normAfter: string | null;
  normBefore: string | null;
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
/** Padding never wins: it counts as minus infinity. */
export type MaxPoolOperator = OperatorBase & Window & { kind: 'maxPool' };
/** Over height and width, to [channels]. */
export type GlobalPoolOperator = OperatorBase & { kind: 'globalAveragePool' | 'globalMaxPool' };
/** Of two vectors, in this order. */
export type ConcatOperator = OperatorBase & { kind: 'concat' };

export type WeightedOperator = ConvOperator | LinearOperator;
export type Operator = WeightedOperator | AddOperator | MaxPoolOperator | GlobalPoolOperator | ConcatOperator;

export const isWeighted = (operator: Operator): operator is WeightedOperator => 'folding' in operator;
