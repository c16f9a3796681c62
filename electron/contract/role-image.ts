import type { Recipe } from './recipe.ts';
import type { ImageRecipe, OwnImageRecipe } from './recipe/image.ts';
import type { Role } from './roles.ts';

/** Images as a network of its own sees them, where what it leaves open is as another has it. */
export const ownImage = ({ size, resize, mean, std }: OwnImageRecipe, others: ImageRecipe): ImageRecipe => ({
  size: size ?? others.size,
  resize: resize ?? others.resize,
  mean: mean ?? others.mean,
  std: std ?? others.std,
});

/**
 * How the network of a role sees the images, by the recipe. What the run or the file of a given teacher states takes precedence over
 * data.image.
 */
export function imageOf({ data, teacher }: Pick<Recipe, 'data' | 'teacher'>, role: Role): ImageRecipe {
  return role === 'teacher' && 'image' in teacher ? ownImage(teacher.image, data.image) : data.image;
}

/** A recipe whose images are all prepared in one way. */
export const withImage = (recipe: Recipe, image: ImageRecipe): Recipe => ({
  ...recipe,
  data: { ...recipe.data, image },
});
