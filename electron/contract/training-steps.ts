import type { StageRecipe, TrainingRecipe } from './recipe/training.ts';

/** Whole batches in an epoch, at least one: a smaller one where there are fewer images than a batch has. */
export function stepsPerEpoch(images: number, batchSize: number): number {
  return Math.floor(images / Math.min(batchSize, images));
}

export const totalEpochs = (stages: readonly StageRecipe[]): number =>
  stages.reduce((sum, { epochs }) => sum + epochs, 0);

/** Steps of a whole training; 0 without images. */
export const totalSteps = (
  images: number,
  { batchSize, stages }: Pick<TrainingRecipe, 'batchSize' | 'stages'>,
) => (images < 1 ? 0 : stepsPerEpoch(images, batchSize) * totalEpochs(stages));
