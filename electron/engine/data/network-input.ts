import type { ImageRecipe } from '../../contract/recipe.ts';
import { identityTransform } from './augment.ts';
import { decodeImage } from './image.ts';
import { renderInto } from './render.ts';
import { resizeImage } from './resize.ts';

/** An image file as the networks see it: normalised [size, size, 3] in one array. Throws as decodeImage does. */
export async function networkInput(
  file: Uint8Array,
  { size, resize, mean, std }: ImageRecipe,
): Promise<Float32Array> {
  const image = await decodeImage(file);
  const pixels = new Float32Array(size * size * 3);
  renderInto(resizeImage(image, size, resize), size, identityTransform, mean, std, pixels, 0);
  return pixels;
}
