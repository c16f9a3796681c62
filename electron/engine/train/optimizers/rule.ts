import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';

/** What a parameter's update depends on besides its gradient. */
export interface UpdateHyper {
  learningRate: number;
  /** Adam's beta1, SGD's momentum. */
  momentum: number;
  /** 0 where the parameter does not decay. */
  weightDecay: number;
  /** 1-based count of the parameter's updates. */
  step: number;
}

/** One parameter's update; all tensors but the scalars are of one shape. */
export interface Update {
  weight: Variable;
  gradient: Tensor;
  /** In the order of the rule's `moments`. */
  moments: readonly Variable[];
  scalars: Tensor1D;
}

/** How an optimiser moves a weight. */
export interface UpdateRule {
  /** Names of what it keeps for each weight; all begin as 0. */
  moments: readonly string[];
  /** What one update computes with, as a tensor, so that a recorded step can be given others. */
  scalars: (hyper: UpdateHyper) => Tensor1D;
  /** Moves weights and moments. */
  apply: (updates: readonly Update[]) => void;
}
