import { DistillError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import { previewStages } from '../models/index.ts';
import type { Stages } from './term.ts';

/** Channels are the same at every image size. */
const anySize = 32;

/** Channels of a stage's output. Throws DistillError RECIPE_INVALID where the network has no stage of that name. */
export function channelsOfStage(model: Stages, name: string): number {
  if ('channels' in model) {
    const channels = model.channels[name];
    if (channels !== undefined) return channels;
    throw new DistillError(
      'RECIPE_INVALID',
      `The teacher is an ONNX file, of which no tensor is named for the stage "${name}".`,
      'Name one in teacher.features of the run that took the file, or choose terms that compare logits.',
    );
  }
  const stages = previewStages(model, anySize);
  const found = stages.find((stage) => stage.name === name);
  if (found) return found.outputShape.at(-1)!;
  throw new DistillError(
    'RECIPE_INVALID',
    `"${name}" is not a stage of ${model.architecture}.`,
    `Its stages are ${listed(stages.map((stage) => stage.name))}.`,
  );
}
