import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { DistillationMethodName } from '../../contract/distillation.ts';

/** One way to make a student answer as its teacher does. */
export interface DistillationMethod {
  /** As recipes name it. */
  name: DistillationMethodName;
  /**
   * The method's own loss, unweighted and averaged over the batch. Both logits are [n, classes]; gradients flow to the
   * student only. `temperature`: of a method that has one.
   */
  loss(student: Tensor2D, teacher: Tensor2D, temperature: number): Scalar;
}
