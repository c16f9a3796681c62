import type { EpochScores } from '../../contract/metrics.ts';
import { breathe, untilAborted, type BatchSource } from './batch-source.ts';
import type { Training } from './callback.ts';
import { divergence } from './divergence.ts';
import { RunningScores } from './epoch-scores.ts';
import { evaluationReadout, unpack, type Readout } from './step.ts';

/**
 * Scores in evaluation mode, with the training's own losses; null where the signal aborted midway.
 * @throws DistillError TRAINING_DIVERGED if the loss is not finite.
 */
export async function validate(
  training: Training,
  source: BatchSource,
  signal: AbortSignal,
): Promise<EpochScores | null> {
  const { model, objective, epoch } = training;
  const scores = new RunningScores(model.classes);
  let unread: { readout: Readout; labels: Int32Array } | null = null;
  const settle = async () => {
    if (unread) scores.add(await unpack(unread.readout, objective), unread.labels);
  };
  for await (const batch of untilAborted(source.epoch(epoch, { signal }), signal)) {
    const readout = evaluationReadout(model, objective, batch, epoch);
    await settle();
    unread = { readout, labels: batch.labels.slice(0, batch.n) };
    await breathe();
  }
  await settle();
  if (signal.aborted) return null;
  const result = scores.result();
  if (!Number.isFinite(result.loss)) throw divergence(training, 'validation loss');
  return result;
}
