import type { Callback } from '../callback.ts';

/** Ends the training when `patience` epochs in a row brought no better validation; comes after BestEpoch. */
export function earlyStop(patience: number): Callback {
  return {
    afterEpoch(training) {
      if (training.bestEpoch !== null && training.epoch - training.bestEpoch >= patience)
        training.finished = true;
    },
  };
}
