import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ModelRecipe } from '../../contract/recipe/model.ts';

/**
 * How a parameter is laid out here and in PyTorch: conv HWIO / OIHW, depthwise HWC1 / C1HW, linear [in, out] / [out, in],
 * scale [c] / [c, 1, 1]; the rest are vectors in both.
 */
export type ParameterKind = 'conv' | 'depthwise' | 'linear' | 'scale' | 'bias' | 'norm';

export interface Parameter {
  /** torchvision's name, e.g. 'layer1.0.conv1.weight'. */
  name: string;
  kind: ParameterKind;
  variable: Variable;
  /** Index of its parameter group, 0 = nearest to the image. */
  group: number;
}

/** State that training updates without a gradient: 'bn1.running_mean', 'bn1.running_var'. */
export interface Buffer {
  name: string;
  variable: Variable;
}

export interface ForwardContext {
  /** Batch norms use the batch's statistics and update the running ones; dropout is on. */
  training: boolean;
  /**
   * A mask of this shape for dropout and stochastic depth: 0 with probability `rate`, else 1 / (1 - rate). Needed in training
   * where a network has either; it comes from the recipe's seed, so it is the caller's to make.
   */
  dropoutMask?: (shape: number[], rate: number) => Tensor;
  /** For an ensemble: the same images in the other ways in which its members see them. */
  views?: readonly Tensor4D[];
  /** The stages whose outputs are wanted, by name; none unless given. */
  features?: readonly string[];
  /** Whether the penultimate vector is wanted. */
  penultimate?: boolean;
}

/** What a forward pass gives. What nobody asked for costs nothing. */
export interface ModelOutputs {
  /** [n, classes] */
  logits: Tensor2D;
  /** Outputs [n, h, w, c] of the stages that were asked for, by name and in that order. */
  features: Record<string, Tensor4D>;
  /** Input [n, units] of the last linear layer, behind its dropout, or what `layers.penultimate` marks; null unless asked for. */
  penultimate: Tensor2D | null;
}

/** One stage of a network: what `layers.stage` marks. */
export interface StageDescription {
  /** 'layer1', ... */
  name: string;
  /** [height, width, channels] */
  outputShape: number[];
}

/** One line of the summary table. */
export interface LayerSummary {
  name: string;
  /** Without the batch: [height, width, channels] or [units]. */
  outputShape: number[];
  parameters: number;
  /** Multiply-accumulates for one image. */
  macs: number;
  trainable: boolean;
}

/** A network that predicts: one of this program's, or one that is run from a file. */
export interface Classifier {
  /** Number of outputs. */
  readonly classes: number;
  /** The classes that it knows, ascending, where it does not know all of them; its logits of the others are `absentLogit`. */
  covers?: readonly number[];
  /** images [n, h, w, 3], normalised RGB. Throws DistillError INTERNAL where it has no stage of a name that is asked for. */
  forward(images: Tensor4D, context: ForwardContext): ModelOutputs;
  dispose(): void;
}

/** One of this program's networks, which can be trained. */
export interface Model extends Classifier {
  recipe: ModelRecipe;
  /** In the order in which they are used, which is torchvision's but for `scale`s. */
  parameters: Parameter[];
  buffers: Buffer[];
  /** Number of parameter groups. */
  groups: number;
  /** The stages in their order, for square images of `size` pixels. */
  stages(size: number): StageDescription[];
  /** Freezes the groups below `group` (their norms still train). Negative counts from the end. 0 unfreezes. */
  freezeTo(group: number): void;
  /** Whether the optimiser updates it: its group is not frozen, or it belongs to a norm. */
  trainable(parameter: Parameter): boolean;
  /** The summary table for square images of `size` pixels. */
  summary(size: number): LayerSummary[];
}

export const isModel = (classifier: Classifier): classifier is Model => 'recipe' in classifier;
