import { grouped } from '../../contract/grouped.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import { random } from '../numbers/random.ts';
import { taken } from './epoch-images.ts';

/** The power of a class's number of images to which its share of an epoch is proportional; uniform is the images' own share. */
const powers: Record<Exclude<TrainingRecipe['sampling'], 'uniform'>, number> = {
  'square-root': 0.5,
  balanced: 0,
};

export interface SampledImages {
  indices: readonly number[];
  /** Of each: how many times the epoch has taken it before. */
  copies: readonly number[];
}

/**
 * The `count` images that an epoch takes where classes are not sampled in proportion to their images, class after class. A class gets its
 * share rounded up or down, by one number drawn for the epoch (systematic sampling), so that over the epochs it gets its share. Within
 * a class images are taken in whole passes, then some of them, others in each epoch.
 */
export function sampleClasses(
  indices: readonly number[],
  labelOf: (index: number) => number,
  sampling: keyof typeof powers,
  { count, epoch, seed }: { count: number; epoch: number; seed: number },
): SampledImages {
  const classes = [...grouped(indices, labelOf).values()];
  const weights = classes.map(({ length }) => length ** powers[sampling]);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const start = random(seed, 'sampling', epoch).float();
  const sampled: { index: number; copy: number }[] = [];
  let before = 0;
  for (const [place, own] of classes.entries()) {
    before += weights[place]!;
    // The last one by its definition: the sum of shares may miss it by a rounding.
    const until = place === classes.length - 1 ? count : Math.floor((count * before) / sum + start);
    const images = until - sampled.length;
    for (let copy = 0; copy * own.length < images; copy++) {
      const room = Math.min(own.length, images - copy * own.length);
      for (const index of taken(own, room, epoch, seed)) sampled.push({ index, copy });
    }
  }
  return { indices: sampled.map(({ index }) => index), copies: sampled.map(({ copy }) => copy) };
}
