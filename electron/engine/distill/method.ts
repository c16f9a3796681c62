import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { DistillationRecipe } from '../../contract/recipe.ts';

/** One way to make a student answer as its teacher does. */
export interface DistillationMethod {
  /** As recipes name it. */
  name: DistillationRecipe['method'];
  /**
   * The method's own loss, unweighted and averaged over the batch. Both logits are [n, classes]; gradients flow to the
   * student only.
   */
  loss(student: Tensor2D, teacher: Tensor2D, recipe: DistillationRecipe): Scalar;
}
