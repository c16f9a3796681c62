import { largest } from '../../contract/extremes.ts';
import type { CallProgress } from '../../contract/method.ts';
import type { Role } from '../../contract/run.ts';
import type { TtaRow } from '../../contract/result.ts';
import type { Classifier } from '../models/model.ts';
import { scores } from './metrics.ts';
import { coverageOf, predictAll, type BatchSource } from './predict.ts';
import { softmax, type Predictions } from './predictions.ts';

/** A model's average prediction over a number of augmented copies of every image. */
export interface TtaStep {
  /** Copies. */
  count: number;
  /** Mean of the copies' probabilities, row-major [n, classes]; null without copies. */
  mean: Float32Array | null;
  /** Milliseconds an image for the plain image and its copies. */
  msPerImage: number;
}

export interface TtaOptions {
  model: Classifier;
  role: Role;
  /** The images as they are. */
  plain: BatchSource;
  /** The same images in the same order, augmented; epoch k is copy k. May be null where every count is 0. */
  augmented: BatchSource | null;
  counts: readonly number[];
  /** Weight of the plain image. */
  beta: number;
  /** Rows to score (see masks.ts); all by default. */
  rows?: ArrayLike<number> | undefined;
  /** Gets what the rows are made of, one step a count. */
  keep?: ((step: TtaStep) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Images done, of all passes together. */
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

/** Passes over the images that `runTta` makes: one as they are, one a copy; 0 where nothing is asked for. */
export const ttaPasses = (counts: readonly number[]): number =>
  counts.length === 0 ? 0 : largest(counts) + 1;

/** fastai's mixture (Learner.tta): (1 - beta) * mean of the copies + beta * plain, on probabilities; plain without copies. */
export function mixture(plain: Float32Array, mean: Float32Array | null, beta: number): Float32Array {
  if (mean === null) return plain;
  return plain.map((p, i) => (1 - beta) * mean[i]! + beta * p);
}

/** A step scored on some rows (all by default) of the images; `plain` is its predictions for them as they are. */
export function ttaRow(
  role: Role,
  plain: Predictions,
  { count, mean, msPerImage }: TtaStep,
  beta: number,
  rows?: ArrayLike<number>,
): TtaRow {
  const mixed = { ...plain, probabilities: mixture(plain.probabilities, mean, beta) };
  const { accuracy, f1Weighted, logLoss } = scores(mixed, rows);
  return { role, count, beta, accuracy, f1Weighted, logLoss, msPerImage };
}

/**
 * Test-time augmentation: one row for each count, ascending, each count once. The largest count is computed once; smaller
 * ones are its first copies. A row's time is that of its own passes, the plain one included: reading decoded images,
 * augmenting and the forward passes.
 * @throws DistillError as `predictAll` and `scores`.
 */
export async function runTta(options: TtaOptions): Promise<TtaRow[]> {
  const { model, role, plain: source, augmented, beta, signal, onProgress } = options;
  const counts = [...new Set(options.counts)].sort((a, b) => a - b);
  const copies = counts.at(-1);
  if (copies === undefined) return [];
  const total = source.images * (copies + 1);
  const pass = async (from: BatchSource, epoch: number, passes: number) => {
    const progress = ({ done }: CallProgress) => onProgress?.({ done: passes * source.images + done, total });
    const { logits, labels, seconds } = await predictAll(model, from, {
      epoch,
      signal,
      onProgress: progress,
    });
    return { labels, seconds, probabilities: softmax(logits, model.classes) };
  };

  const plain = await pass(source, 0, 0);
  const sum = new Float64Array(plain.probabilities.length);
  let seconds = plain.seconds;
  const rows: TtaRow[] = [];
  for (let count = 0; count <= copies; count++) {
    if (count > 0) {
      if (!augmented) throw new Error('Augmented copies need an augmented source.');
      const copy = await pass(augmented, count - 1, count);
      copy.probabilities.forEach((p, i) => (sum[i]! += p));
      seconds += copy.seconds;
    }
    if (!counts.includes(count)) continue;
    const step: TtaStep = {
      count,
      mean: count === 0 ? null : Float32Array.from(sum, (total) => total / count),
      msPerImage: (seconds * 1000) / source.images,
    };
    options.keep?.(step);
    const { labels, probabilities } = plain;
    const predictions = {
      classes: model.classes,
      n: source.images,
      labels,
      probabilities,
      ...coverageOf(model),
    };
    rows.push(ttaRow(role, predictions, step, beta, options.rows));
  }
  return rows;
}
