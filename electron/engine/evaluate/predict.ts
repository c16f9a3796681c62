import * as tf from '@tensorflow/tfjs-core';
import { DistillError } from '../../contract/errors.ts';
import type { CallProgress } from '../../contract/method.ts';
import type { Batch } from '../data/batch.ts';
import type { Classifier } from '../models/model.ts';
import { checkLabels, softmax, type Predictions } from './predictions.ts';

/** What prediction needs of a Loader: every image once an epoch, in the same order each time. */
export interface BatchSource {
  readonly images: number;
  epoch(epoch: number, options?: { signal?: AbortSignal | undefined }): AsyncIterable<Batch>;
}

export interface PredictOptions {
  /** Which epoch of the source to read; another epoch is another augmentation. Default 0. */
  epoch?: number;
  /** Whether every image has a label of the model's; default: yes. */
  isLabelled?: boolean;
  signal?: AbortSignal | undefined;
  /** Images done, of all. */
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

/** A model's logits, in the source's order. */
export interface Outputs {
  classes: number;
  n: number;
  labels: Int32Array;
  /** The images' indices into the pixels, [n]. */
  indices: Int32Array;
  /** Row-major, [n, classes]. */
  logits: Float32Array;
  /** As in `Predictions`. */
  covers?: readonly number[];
  /** Wall time of the whole pass: the source's batches and the forward passes. */
  seconds: number;
}

/**
 * The model's logits for every image of a source, in evaluation mode. No tensor outlives a batch.
 * @throws DistillError CANCELLED; TRAINING_DIVERGED where an output is not a finite number; INVALID_INPUT for a label that
 * the model has no output for.
 */
export async function predictAll(
  model: Classifier,
  source: BatchSource,
  options: PredictOptions = {},
): Promise<Outputs> {
  const { epoch = 0, isLabelled = true, signal, onProgress } = options;
  const { classes } = model;
  const n = source.images;
  const labels = new Int32Array(n);
  const indices = new Int32Array(n);
  const logits = new Float32Array(n * classes);
  const start = performance.now();
  let done = 0;
  for await (const batch of source.epoch(epoch, { signal })) {
    throwIfCancelled(signal);
    if (isLabelled) checkLabels(batch.labels, classes);
    logits.set(finite(forward(model, batch)), done * classes);
    labels.set(batch.labels, done);
    indices.set(batch.indices, done);
    done += batch.n;
    onProgress?.({ done, total: n });
  }
  throwIfCancelled(signal);
  if (done !== n) throw new Error(`The source announced ${n} images and gave ${done}.`);
  const seconds = (performance.now() - start) / 1000;
  return { classes, n, labels, indices, logits, seconds, ...coverageOf(model) };
}

/** The outputs as probabilities. */
export function toPredictions({ classes, n, labels, logits, ...rest }: Outputs): Predictions {
  return { classes, n, labels, probabilities: softmax(logits, classes), ...coverageOf(rest) };
}

/** What predictions have of the classes that a model knows. */
export const coverageOf = ({ covers }: Pick<Classifier, 'covers'>): Pick<Predictions, 'covers'> =>
  covers ? { covers } : {};

/** Normalised images [n, size, size, 3], and the same in the other views of an ensemble. */
export interface SeenImages {
  images: Float32Array;
  views?: readonly Float32Array[];
  n: number;
}

/** Logits [n, classes] of images, in evaluation mode. */
export function forward(model: Classifier, { images, views = [], n }: SeenImages): Float32Array {
  return tf.tidy(() => {
    const [own, ...others] = [images, ...views].map((values) => {
      const size = Math.sqrt(values.length / n / 3);
      return tf.tensor4d(values, [n, size, size, 3]);
    });
    return model.forward(own!, { training: false, views: others }).logits.dataSync<'float32'>();
  });
}

function finite(logits: Float32Array): Float32Array {
  if (logits.every(Number.isFinite)) return logits;
  throw new DistillError(
    'TRAINING_DIVERGED',
    'The model returns values that are not finite numbers.',
    'Train it with a lower learning rate or with gradient clipping, or load other weights.',
  );
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DistillError('CANCELLED', 'The evaluation was cancelled.');
}
