import { DistillError } from '../../contract/errors.ts';
import type { LabelledImages } from '../data/labelled-images.ts';
import type { DeployedNetwork } from '../deployed/deployed.ts';
import type { Predictions } from './predictions.ts';

/** Images that a network is given at a time. */
const batchSize = 64;

export interface PredictDeployedOptions {
  signal?: AbortSignal | undefined;
  /** Images done. */
  onProgress?: ((done: number) => void) | undefined;
}

/** The predictions of an exported network for images of its size. Throws CANCELLED; UNSUPPORTED_FORMAT for outputs that are NaN. */
export async function predictDeployed(
  network: DeployedNetwork,
  images: LabelledImages,
  { signal, onProgress }: PredictDeployedOptions = {},
): Promise<Predictions> {
  const { n, labels } = images;
  const { outputs: classes } = network;
  const probabilities = new Float32Array(n * classes);
  for (let from = 0; from < n; from += batchSize) {
    if (signal?.aborted) throw new DistillError('CANCELLED', 'The check was cancelled.');
    const to = Math.min(n, from + batchSize);
    const some = await network.probabilities(images.pixels(from, to), to - from);
    if (!some.every(Number.isFinite))
      throw new DistillError(
        'UNSUPPORTED_FORMAT',
        'The network returns values that are not numbers.',
        'Set how it expects its images, or export it again.',
      );
    probabilities.set(some, from * classes);
    onProgress?.(to);
  }
  return { classes, n, labels, probabilities };
}
