import { z } from 'zod';

/** What an image's label loss is multiplied by, by its class. */
export const classWeightsSchema = z.discriminatedUnion('by', [
  /** Inversely proportional to the number of training images. */
  z.strictObject({ by: z.literal('inverse-frequency') }),
  /** Inversely proportional to (1 - beta^images) / (1 - beta) (Cui et al., 2019): 0 weighs all alike, near 1 as inverse-frequency. */
  z.strictObject({ by: z.literal('effective-number'), beta: z.number().min(0).lt(1).default(0.999) }),
  /** One for each of the dataset's classes, in their order. */
  z.strictObject({ by: z.literal('list'), weights: z.array(z.number().min(0).max(1e6)).min(2) }),
]);

export type ClassWeightsRecipe = z.output<typeof classWeightsSchema>;

/** The images of a class, as a weight's denominator. (1 - beta^n) / (1 - beta), by logarithms since beta may be near 1. */
const effectiveNumber = (images: number, beta: number): number =>
  beta === 0 ? 1 : Math.expm1(images * Math.log(beta)) / (beta - 1);

/**
 * The weight of each class, from its number of training images: those of the classes that have any average 1, the others get 0. A list
 * is taken as it is. "Class-Balanced Loss Based on Effective Number of Samples" (arXiv 1901.05555), section 4.
 */
export function weightsOfClasses(recipe: ClassWeightsRecipe, images: readonly number[]): readonly number[] {
  if (recipe.by === 'list') return recipe.weights;
  const number = (n: number) => (recipe.by === 'inverse-frequency' ? n : effectiveNumber(n, recipe.beta));
  const inverse = images.map((n) => (n === 0 ? 0 : 1 / number(n)));
  const present = images.filter((n) => n > 0).length;
  const scale = present / inverse.reduce((sum, weight) => sum + weight, 0);
  return inverse.map((weight) => weight * scale);
}
