import { DistillError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { previewStages } from '../models/index.ts';

/** Channels are the same at every image size. */
const anySize = 32;

/** Channels of a stage's output. Throws DistillError RECIPE_INVALID where the network (null: an ONNX file) has no stage of that name. */
export function channelsOfStage(model: ModelRecipe | null, name: string): number {
  if (model === null)
    throw new DistillError(
      'RECIPE_INVALID',
      `The teacher is an ONNX file, which gives logits alone: the output of its stage "${name}" cannot be imitated.`,
      'Choose terms that compare logits, or a teacher from a run or a weights file.',
    );
  const stages = previewStages(model, anySize);
  const found = stages.find((stage) => stage.name === name);
  if (found) return found.outputShape.at(-1)!;
  throw new DistillError(
    'RECIPE_INVALID',
    `"${name}" is not a stage of ${model.architecture}.`,
    `Its stages are ${listed(stages.map((stage) => stage.name))}.`,
  );
}
