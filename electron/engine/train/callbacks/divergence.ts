import type { Callback } from '../callback.ts';
import { divergence } from '../divergence.ts';

/** Ends a training whose loss is no longer finite; comes before whatever counts or keeps that step. */
export const stopOnDivergence: Callback = {
  afterRead(training) {
    if (training.read && !Number.isFinite(training.read.loss)) throw divergence(training, 'loss');
  },
};
