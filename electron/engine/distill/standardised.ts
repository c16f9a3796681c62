import type { Tensor2D } from '@tensorflow/tfjs-core';
import { standardiseRows } from '../backend/ops/losses.ts';

/**
 * What a softened term takes for the logits: them, or their Z-scores over the classes of each image, so that the student may have another
 * scale of logits than its teacher.
 * Sun et al., "Logit Standardization in Knowledge Distillation", 2024 (arXiv 2403.01427), algorithm 1.
 */
export const standardising = (standardise: boolean): ((logits: Tensor2D) => Tensor2D) =>
  standardise ? standardiseRows : (logits) => logits;
