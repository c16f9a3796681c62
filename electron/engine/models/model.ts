import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ModelRecipe } from '../../contract/recipe.ts';

/**
 * How a parameter is laid out here and in PyTorch: conv HWIO / OIHW, depthwise HWC1 / C1HW, linear [in, out] / [out, in];
 * the rest are vectors in both.
 */
export type ParameterKind = 'conv' | 'depthwise' | 'linear' | 'bias' | 'norm';

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
   * A dropout mask of this shape: 0 with probability `rate`, else 1 / (1 - rate). Needed in training where a head has
   * dropout; it comes from the recipe's seed, so it is the caller's to make.
   */
  dropoutMask?: (shape: number[], rate: number) => Tensor;
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

export interface Model {
  recipe: ModelRecipe;
  /** Number of outputs. */
  classes: number;
  /** In torchvision's order. */
  parameters: Parameter[];
  buffers: Buffer[];
  /** Number of parameter groups. */
  groups: number;
  /** images [n, h, w, 3] normalised RGB -> logits [n, classes]. */
  forward(images: Tensor4D, context: ForwardContext): Tensor2D;
  /** Outputs of the stages, by name ('layer1', ...), in evaluation mode. The caller disposes. */
  stages(images: Tensor4D): Record<string, Tensor4D>;
  /** Freezes the groups below `group` (their norms still train). Negative counts from the end. 0 unfreezes. */
  freezeTo(group: number): void;
  /** Whether the optimiser updates it: its group is not frozen, or it belongs to a norm. */
  trainable(parameter: Parameter): boolean;
  /** The summary table for square images of `size` pixels. */
  summary(size: number): LayerSummary[];
  dispose(): void;
}
