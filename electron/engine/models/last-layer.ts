import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { describe } from './describe.ts';
import { networkOf } from './index.ts';

/** The layer that makes the logits. */
export interface LastLayer {
  /** Of its parameters; `bias` null: it has none. */
  weight: string;
  bias: string | null;
  /** Of the penultimate vector, which it reads. */
  units: number;
  /** Whether the logits are linear in that vector; not so in a SqueezeNet, whose last convolution has a ReLU behind it. */
  isLinear: boolean;
}

/** The number of classes and the images' size do not matter. */
export function lastLayer(recipe: ModelRecipe): LastLayer {
  const layer = describe(networkOf(recipe, 2), 32).findLast(({ parameters }) =>
    parameters.some(({ shape }) => shape.length > 1),
  )!;
  const [weight, bias] = layer.parameters;
  return {
    weight: weight!.name,
    bias: bias?.name ?? null,
    units: weight!.shape.at(-2)!,
    isLinear: layer.outputShape.length === 1,
  };
}
