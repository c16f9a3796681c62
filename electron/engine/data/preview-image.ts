import sharp from 'sharp';
import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import { random } from '../numbers/random.ts';
import { drawTransform, identityTransform } from './augment.ts';
import { withDecoded } from './pixel-budget.ts';
import { renderPreview } from './render.ts';
import { resizeImage, type ResizeMethod } from './resize.ts';

export interface PreviewOptions {
  /** Of the square, in pixels. */
  side: number;
  resize: ResizeMethod;
  /** null: as it is stored. */
  augment: AugmentRecipe | null;
  seed: number;
}

/** Larger ones are sent as JPEG: a photograph as PNG takes several times the bytes and the time. */
const largestPng = 256;

/**
 * An image as a network sees it, before normalisation, for people to look at. Augmentation is drawn as for image 0 of the
 * first epoch of a training with this seed. Throws IMAGE_UNREADABLE.
 */
export async function previewImage(
  bytes: Uint8Array,
  { side, resize, augment, seed }: PreviewOptions,
): Promise<{ type: string; bytes: Buffer }> {
  const resized = await withDecoded(bytes, (image) => resizeImage(image, side, resize));
  const transform = augment ? drawTransform(augment, random(seed, 'augment', 1, 0)) : identityTransform;
  const pixels = renderPreview(resized, side, transform);
  const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  return side <= largestPng
    ? { type: 'image/png', bytes: await image.png({ compressionLevel: 3 }).toBuffer() }
    : { type: 'image/jpeg', bytes: await image.jpeg({ quality: 90 }).toBuffer() };
}
