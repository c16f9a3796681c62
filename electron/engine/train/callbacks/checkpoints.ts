import type { CheckpointStore } from '../checkpoint.ts';
import type { Callback } from '../callback.ts';
import type { TrainingPosition } from '../position.ts';
import { saveParts } from '../parts.ts';
import type { Stateful } from '../stateful.ts';

/** A checkpoint after each epoch and when asked to stop; comes last, when the others have done their part. */
export function checkpoints(
  store: CheckpointStore,
  position: TrainingPosition,
  parts: readonly Stateful[],
): Callback {
  return {
    async afterEpoch(training) {
      position.set(training.epoch + 1, 0);
      await store.save(await saveParts([position, ...parts]));
    },
    async beforeStop(training) {
      position.set(training.epoch, training.step);
      await store.save(await saveParts([position, ...parts]));
    },
  };
}
