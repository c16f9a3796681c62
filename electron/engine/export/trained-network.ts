import { stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { imageOf } from '../../contract/role-image.ts';
import type { Role } from '../../contract/run.ts';
import { type FoldedWeights, foldedWeights } from '../models/inference/fold.ts';
import type { InferenceGraph, WeightedOperator } from '../models/inference/graph.ts';
import { inferenceGraph } from '../models/inference/trace.ts';
import { coversIn, imageIn } from '../models/weights/metadata.ts';
import { readModelFile } from '../models/weights/save.ts';
import type { TensorMap } from '../models/weights/tensor-data.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';

/** A trained network with all that its user needs: what the formats are written from. */
export interface TrainedNetwork {
  recipe: ModelRecipe;
  /** The names of the outputs, in their order. */
  classes: string[];
  /** How an image becomes the network's input. */
  image: ImageRecipe;
  graph: InferenceGraph;
  /** Of an operator of the graph. Computed at each call. */
  weights: (operator: WeightedOperator) => FoldedWeights;
  /** The state dict, in PyTorch's names and layout. */
  tensors: TensorMap;
}

/** From the parts of a weights file; `image`: where the file does not state it. */
export function trainedNetwork(
  { recipe, classNames, weights, metadata }: Awaited<ReturnType<typeof readModelFile>>,
  image: ImageRecipe,
): TrainedNetwork {
  const own = imageIn(metadata) ?? image;
  return {
    recipe,
    classes: classNames,
    image: own,
    graph: inferenceGraph(recipe, classNames.length, own.size),
    weights: (operator) => foldedWeights(operator, weights),
    tensors: weights,
  };
}

export function noNetwork(run: RunFolder, role: Role): DistillError {
  const name = path.basename(run.folder);
  if (role === 'teacher' && run.recipe.teacher.source === 'onnx')
    return new DistillError(
      'NOT_FOUND',
      `The teacher of the run "${name}" is an ONNX file, which is not exported again.`,
      'Use that file itself, or choose another model.',
    );
  if (role === 'teacher' && run.recipe.teacher.source === 'ensemble')
    return new DistillError(
      'NOT_FOUND',
      `The teacher of the run "${name}" is an ensemble of ${run.recipe.teacher.members.length} networks, which is not exported.`,
      'Export one of them from the run that it was trained in, or choose another model.',
    );
  return new DistillError(
    'NOT_FOUND',
    `The run "${name}" has no trained ${role}; it is ${run.state}.`,
    'Choose another model, or resume the run.',
  );
}

/**
 * A run's network, whatever the state of the run. Throws NOT_FOUND where the run has no weights of it, INVALID_INPUT where it
 * does not know all classes, as readModelFile does else.
 */
export async function networkOfRun(run: RunFolder, role: Role): Promise<TrainedNetwork> {
  const file = run.weightsFile(role);
  if (!(await stat(file).catch(() => null))) throw noNetwork(run, role);
  const found = await readModelFile(file);
  const covers = coversIn(found.metadata);
  if (covers)
    throw new DistillError(
      'INVALID_INPUT',
      `The ${role} of the run "${path.basename(run.folder)}" knows ${covers.length} of its ${found.classNames.length} classes alone, and is not exported.`,
      'Export it from the run that trained it, or choose another model.',
    );
  return trainedNetwork(found, imageOf(run.recipe, role));
}
