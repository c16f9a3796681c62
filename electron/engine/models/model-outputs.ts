import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ModelOutputs } from './model.ts';

/** What is wanted of a forward pass besides the logits. */
export interface Wanted {
  /** Names of stages. */
  features: readonly string[];
  penultimate: boolean;
}

export const logitsOnly: Wanted = { features: [], penultimate: false };

/** The outputs as a list: logits, features in the order in which they were asked for, penultimate vector. */
export const tensorsOf = ({ logits, features, penultimate }: ModelOutputs): Tensor[] => [
  logits,
  ...Object.values(features),
  ...(penultimate ? [penultimate] : []),
];

/** The inverse of `tensorsOf`. */
export function outputsFrom(
  [logits, ...tensors]: readonly Tensor[],
  { features, penultimate }: Wanted,
): ModelOutputs {
  return {
    logits: logits as Tensor2D,
    features: Object.fromEntries(features.map((name, i) => [name, tensors[i] as Tensor4D])),
    penultimate: penultimate ? (tensors[features.length] as Tensor2D) : null,
  };
}

/** `tf.tidy` for a forward pass: the outputs stay, all else goes. */
export function tidyOutputs(compute: () => ModelOutputs): ModelOutputs {
  const computed: ModelOutputs[] = [];
  tf.tidy(() => {
    computed.push(compute());
    return tensorsOf(computed[0]!);
  });
  return computed[0]!;
}
