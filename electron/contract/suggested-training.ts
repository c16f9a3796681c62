import type { StageRecipe, TrainingRecipe } from './recipe/training.ts';
import { stepsPerEpoch, totalEpochs } from './training-steps.ts';

type Trained = 'teacher' | 'student';

/** Steps that a training should have at least: a teacher has the larger network, which learns the same in fewer. */
export const goodSteps: Record<Trained, number> = { teacher: 1000, student: 1500 };
/** However many images there are, each should be seen so often. */
const leastEpochs: Record<Trained, number> = { teacher: 6, student: 10 };
/** Below this many steps an epoch the epochs' ends (validation, a checkpoint) would take most of the time. */
const mostEpochs = 200;
const stepsWanted = 8;
const batches = { least: 8, most: 64 };

/** A power of two that gives an epoch about `stepsWanted` steps or more. */
export function suggestedBatchSize(images: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(1, images / stepsWanted)));
  return Math.min(batches.most, Math.max(batches.least, power));
}

/**
 * Batch size and epochs for a number of images in an epoch, of which small datasets need many: by default three folders of 80 photos
 * must not end after 16 steps. Stages keep their proportions, rates and frozen groups.
 */
export function suggestTraining<Training extends Pick<TrainingRecipe, 'batchSize' | 'stages'>>(
  role: Trained,
  training: Training,
  images: number,
): Training {
  const batchSize = suggestedBatchSize(images);
  const wanted = Math.ceil(goodSteps[role] / stepsPerEpoch(Math.max(1, images), batchSize));
  const epochs = Math.min(mostEpochs, Math.max(leastEpochs[role], wanted));
  return { ...training, batchSize, stages: spread(training.stages, epochs) };
}

/** The stages with about this many epochs in all, at least one each. */
function spread(stages: readonly StageRecipe[], epochs: number): StageRecipe[] {
  const before = totalEpochs(stages);
  return stages.map((stage) => ({
    ...stage,
    epochs: Math.max(1, Math.round((stage.epochs / before) * epochs)),
  }));
}
