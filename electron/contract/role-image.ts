import type { Recipe } from './recipe.ts';
import type { ImageRecipe } from './recipe/image.ts';
import type { Role } from './roles.ts';

/** How the network of a role sees the images, by the recipe. What the run or the file of a given teacher states takes precedence. */
export function imageOf({ data, teacher }: Pick<Recipe, 'data' | 'teacher'>, role: Role): ImageRecipe {
  const { image } = data;
  if (role !== 'teacher' || teacher.source !== 'train') return image;
  const { size, resize, mean, std } = teacher.image;
  return {
    size: size ?? image.size,
    resize: resize ?? image.resize,
    mean: mean ?? image.mean,
    std: std ?? image.std,
  };
}

/** A recipe whose images are all prepared in one way. */
export const withImage = (recipe: Recipe, image: ImageRecipe): Recipe => ({
  ...recipe,
  data: { ...recipe.data, image },
});
