import type { ModelRecipe } from '../../contract/recipe.ts';
import type { Handlers } from '../../contract/services.ts';
import { matchTensors } from '../models/weights/apply.ts';
import { openWeights } from '../models/weights/load.ts';
import { classNamesIn } from '../models/weights/save.ts';
import { layersOf, tensorShapes } from '../models/weights/shapes.ts';

/** What the classifier's tensors begin with, whichever of the heads the network has: 'fc', 'classifier', 'head'. */
function headModules(recipe: ModelRecipe, classes: number): Set<string> {
  const heads = (['linear', 'fastai'] as const).flatMap((head) => {
    const layers = layersOf({ ...recipe, head }, classes);
    const last = layers.at(-1)!.group;
    return [...tensorShapes(layers.filter(({ group }) => group === last)).keys()];
  });
  return new Set(heads.map((name) => name.split('.')[0]!));
}

/**
 * How a weights file fits a network. A file that does not fit is no error; throws what openWeights throws for one that cannot be
 * read. `backboneFits` is also true where everything fits.
 */
export const matchWeights: Handlers['models']['matchWeights'] = async ({ file, model, classes }) => {
  const { format, tensors, metadata } = await openWeights(file);
  const shapes = tensorShapes(layersOf(model, classes));
  const { matched, missing, unexpected, mismatched } = matchTensors(shapes, tensors);
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
