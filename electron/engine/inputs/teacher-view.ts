import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { sameStatistics } from '../../contract/recipe/statistics.ts';
import { withImage } from '../../contract/role-image.ts';
import { type PreparedData, prepareData, type PrepareOptions } from '../data/prepared-data.ts';

/** A run's images as a teacher sees them that is trained with another size, resizing or normalisation. */
export interface TeacherView<Data = PreparedData> {
  /** The run's, with the teacher's own preprocessing. */
  recipe: Recipe;
  /** The same images in the same order. */
  data: Data;
  close(): Promise<void>;
}

/** Whether images are the same before normalisation. */
export const samePixels = (a: ImageRecipe, b: ImageRecipe): boolean =>
  a.size === b.size && a.resize === b.resize;
const sameImages = (a: ImageRecipe, b: ImageRecipe): boolean => samePixels(a, b) && sameStatistics(a, b);

/** An image recipe where it is another than the run's; else null. */
export const otherImage = (image: ImageRecipe | null, recipes: ImageRecipe): ImageRecipe | null =>
  image === null || sameImages(image, recipes) ? null : image;

const list = (values: readonly number[]): string => values.join(' ');

/** What is different, in words. */
export function describeDifference(own: ImageRecipe, recipes: ImageRecipe): string {
  return [
    ...(own.size === recipes.size ? [] : [`${own.size} px instead of ${recipes.size}`]),
    ...(own.resize === recipes.resize ? [] : [`resized by "${own.resize}" instead of "${recipes.resize}"`]),
    ...(sameStatistics(own, recipes)
      ? []
      : [`normalised by mean ${list(own.mean)} and std ${list(own.std)}`]),
  ].join(', ');
}

/**
 * The images as a teacher with this preprocessing sees them; null where it is the run's own. Images of another size or resizing
 * are prepared once more. Whoever gets the view closes it.
 */
export async function viewAs<Data extends { close(): Promise<void> }>(
  data: Data,
  image: ImageRecipe | null,
  recipe: Recipe,
  prepare: (recipe: Recipe) => Promise<Data>,
): Promise<TeacherView<Data> | null> {
  const other = otherImage(image, recipe.data.image);
  if (other === null) return null;
  const own = withImage(recipe, other);
  if (samePixels(other, recipe.data.image)) return { recipe: own, data, close: () => Promise.resolve() };
  const prepared = await prepare(own);
  return { recipe: own, data: prepared, close: () => prepared.close() };
}

/** The same of a run's own data. */
export const openTeacherView = (
  data: PreparedData,
  image: ImageRecipe | null,
  options: PrepareOptions,
): Promise<TeacherView | null> =>
  viewAs(data, image, options.recipe, (recipe) => prepareData({ ...options, recipe }));

export async function closeViews(views: readonly Pick<TeacherView, 'close'>[]): Promise<void> {
  for (const view of views) await view.close();
}

/** The images in each of several ways, all other than the recipe's, as the members of an ensemble see them. */
export async function viewsAs<Data extends { close(): Promise<void> }>(
  data: Data,
  images: readonly ImageRecipe[],
  recipe: Recipe,
  prepare: (recipe: Recipe) => Promise<Data>,
): Promise<TeacherView<Data>[]> {
  const views: TeacherView<Data>[] = [];
  try {
    for (const image of images) {
      const known = views.find((one) => samePixels(one.recipe.data.image, image));
      const view: TeacherView<Data> | null = known
        ? { recipe: withImage(recipe, image), data: known.data, close: () => Promise.resolve() }
        : await viewAs(data, image, recipe, prepare);
      views.push(view ?? { recipe, data, close: () => Promise.resolve() });
    }
    return views;
  } catch (thrown) {
    await closeViews(views);
    throw thrown;
  }
}

/** The same of a run's own data. */
export const openTeacherViews = (
  data: PreparedData,
  images: readonly ImageRecipe[],
  options: PrepareOptions,
): Promise<TeacherView[]> =>
  viewsAs(data, images, options.recipe, (recipe) => prepareData({ ...options, recipe }));
