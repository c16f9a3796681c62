import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { largestHalf } from '../numbers/float16.ts';
import type { Model } from './model.ts';
import { tidyOutputs } from './model-outputs.ts';

/** The logit of a class that a network does not know: half precision's lowest number, whose share in a softmax is 0. */
export const absentLogit = -largestHalf;

/** Logits [n, classes] with `absentLogit` in the columns of the classes that are not covered. */
function withAbsent(logits: Tensor2D, covers: readonly number[]): Tensor2D {
  const classes = logits.shape[1];
  const known = new Float32Array(classes);
  for (const id of covers) known[id] = 1;
  const absent = known.map((one) => (one === 0 ? absentLogit : 0));
  return tf.add(tf.mul(logits, tf.tensor2d(known, [1, classes])), tf.tensor2d(absent, [1, classes]));
}

/** The same network where it knows some of its classes alone (ascending ids; null: it knows all). */
export function covering(model: Model, covers: readonly number[] | null): Model {
  if (covers === null) return model;
  return {
    ...model,
    covers,
    forward: (images, context) =>
      tidyOutputs(() => {
        const outputs = model.forward(images, context);
        return { ...outputs, logits: withAbsent(outputs.logits, covers) };
      }),
  };
}
