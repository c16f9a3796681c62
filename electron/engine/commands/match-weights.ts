import type { ModelRecipe } from '../../contract/recipe.ts';
import type { Handlers } from '../../contract/services.ts';
import { describe, type LayerDescription } from '../models/describe.ts';
import { networkOf } from '../models/index.ts';
import { matchTensors } from '../models/weights/apply.ts';
import { torchShape } from '../models/weights/layout.ts';
import { openWeights } from '../models/weights/load.ts';
import { classNamesIn } from '../models/weights/save.ts';

/** Shapes of weights are the same at every image size. */
const anySize = 32;

/** Names and PyTorch's shapes of what the layers own. */
function tensorsOf(layers: readonly LayerDescription[]): Map<string, number[]> {
  return new Map(
    layers.flatMap(({ parameters, buffers }) => [
      ...parameters.map(({ name, kind, shape }) => [name, torchShape(kind, shape)] as const),
      ...buffers.map(({ name, shape }) => [name, shape] as const),
    ]),
  );
}

/** What the classifier's tensors begin with, whichever of the heads the network has: 'fc', 'classifier', 'head'. */
function headModules(recipe: ModelRecipe, classes: number): Set<string> {
  const heads = (['linear', 'fastai'] as const).flatMap((head) => {
    const network = networkOf({ ...recipe, head }, classes);
    const layers = describe(network, anySize).filter(({ group }) => group === network.length - 1);
    return [...tensorsOf(layers).keys()];
  });
  return new Set(heads.map((name) => name.split('.')[0]!));
}

/**
 * How a weights file fits a network. A file that does not fit is no error; throws what openWeights throws for one that cannot be
 * read. `backboneFits` is also true where everything fits.
 */
export const matchWeights: Handlers['models']['matchWeights'] = async ({ file, model, classes }) => {
  const { format, tensors, metadata } = await openWeights(file);
  const { matched, missing, unexpected, mismatched } = matchTensors(
    tensorsOf(describe(networkOf(model, classes), anySize)),
    tensors,
  );
  const heads = headModules(model, classes);
  const inHead = (name: string) => heads.has(name.split('.')[0]!);
  const differing = [...missing, ...unexpected, ...mismatched.map(({ name }) => name)];
  return {
    file,
    format,
    tensors: tensors.size,
    matched: matched.length,
    missing,
    unexpected,
    mismatched: mismatched.map(({ name, file: found, here }) => ({ name, file: found, network: here })),
    backboneFits: matched.length > 0 && differing.every(inHead),
    classNames: classNamesIn(metadata),
  };
};
