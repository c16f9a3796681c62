import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { identityTransform } from './augment.ts';
import { withDecoded } from './pixel-budget.ts';
import { renderInto } from './render.ts';
import { resizeImage } from './resize.ts';

/** An image file as the networks see it: normalised [size, size, 3] in one array. Throws as decodeImage does. */
export async function networkInput(
  file: Uint8Array,
  { size, resize, mean, std }: ImageRecipe,
): Promise<Float32Array> {
  const resized = await withDecoded(file, (image) => resizeImage(image, size, resize));
  const pixels = new Float32Array(size * size * 3);
  renderInto(resized, size, identityTransform, mean, std, pixels, 0);
  return pixels;
}
