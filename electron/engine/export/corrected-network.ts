import { DistillError } from '../../contract/errors.ts';
import type { RunResult } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import { foldedWeights } from '../models/inference/fold.ts';
import type { TrainedNetwork } from './trained-network.ts';

/** The biases by which a run's evaluation corrected a model's outputs (evaluate/unseen.ts). Throws NOT_FOUND where it corrected none. */
export function correctedBiases({ name, unseen }: RunResult, role: Role): readonly number[] {
  const biases = unseen?.models[role]?.biases ?? [];
  if (biases.length > 0) return biases;
  throw new DistillError(
    'NOT_FOUND',
    `The run "${name}" has no corrected biases of its ${role}.`,
    unseen
      ? 'Choose a model that was not trained on all classes.'
      : 'Biases are corrected where a student was not trained on all classes of the test images. Export it as it is.',
  );
}

/**
 * The same network with these biases [classes] added to those of its last layer, whose outputs are the logits. Throws
 * INVALID_INPUT where that layer has none.
 */
export function withCorrectedBiases(network: TrainedNetwork, biases: readonly number[]): TrainedNetwork {
  const { graph, tensors } = network;
  const last = graph.operators.find(({ name }) => name === graph.output);
  const folding = last?.kind === 'linear' ? last.folding : null;
  const bias = folding?.bias ? tensors.get(folding.bias) : undefined;
  // Behind an activation or a norm a bias would be another one.
  if (!folding?.bias || !bias || folding.normAfter || folding.scaleAfter)
    throw new DistillError(
      'INVALID_INPUT',
      `Biases cannot be added to ${network.recipe.architecture}${network.recipe.head === 'fastai' ? " with fastai's head" : ''}: its last layer is not a linear one with biases.`,
      'Export it as it is, and add the biases of result.json to its logits yourself.',
    );
  const corrected = new Map(tensors);
  corrected.set(folding.bias, { ...bias, data: bias.data.map((value, c) => value + biases[c]!) });
  return { ...network, tensors: corrected, weights: (operator) => foldedWeights(operator, corrected) };
}
