import type { CallProgress } from '../../contract/services.ts';
import type { Role, TtaRow } from '../../contract/result.ts';
import type { Model } from '../models/model.ts';
import { scores } from './metrics.ts';
import { predictAll, type BatchSource } from './predict.ts';
import { softmax } from './predictions.ts';

export interface TtaOptions {
  model: Model;
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
  signal?: AbortSignal | undefined;
  /** Images done, of all passes together. */
  onProgress?: ((progress: CallProgress) => void) | undefined;
}

/** fastai's mixture (Learner.tta): (1 - beta) * mean of the copies + beta * plain, on probabilities; plain where count is 0. */
export function mixture(plain: Float32Array, sum: Float64Array, count: number, beta: number): Float32Array {
  if (count === 0) return plain;
  return plain.map((p, i) => ((1 - beta) * sum[i]!) / count + beta * p);
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
    const probabilities = mixture(plain.probabilities, sum, count, beta);
    const { classes } = model;
    const row = scores({ classes, n: source.images, labels: plain.labels, probabilities }, options.rows);
    const { accuracy, f1Weighted, logLoss } = row;
    rows.push({
      role,
      count,
      beta,
      accuracy,
      f1Weighted,
      logLoss,
      msPerImage: (seconds * 1000) / source.images,
    });
  }
  return rows;
}
