import { DistillError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { previewStages } from '../models/index.ts';

/** Channels are the same at every image size. */
const anySize = 32;

/** Channels of a stage's output. Throws DistillError RECIPE_INVALID where the network has no stage of that name. */
export function channelsOfStage(model: ModelRecipe, name: string): number {
  const stages = previewStages(model, anySize);
  const found = stages.find((stage) => stage.name === name);
  if (found) return found.outputShape.at(-1)!;
  throw new DistillError(
    'RECIPE_INVALID',
    `"${name}" is not a stage of ${model.architecture}.`,
    `Its stages are ${listed(stages.map((stage) => stage.name))}.`,
  );
}
