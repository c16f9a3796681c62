import { createHash } from 'node:crypto';
import { toErrorValue } from '../../contract/errors.ts';
import { decodeImage } from './image.ts';
import { pictureOf } from './picture.ts';
import { resizeImage, type ResizeMethod } from './resize.ts';

/** What one look at an image's bytes shows. */
export type Examined =
  { hash: string; width: number; height: number; picture: Uint8Array | null } | { problem: string };

/** Size and way to resize to. */
export interface Resizing {
  size: number;
  method: ResizeMethod;
}

/**
 * Decodes an image once; `keep` gets it resized, before the result arrives. An image that cannot be decoded is a result,
 * not an error; what `keep` throws is thrown. Works in worker threads.
 */
export async function examine(
  bytes: Uint8Array,
  resizing: Resizing | null,
  keep: (pixels: Uint8Array) => void = () => undefined,
): Promise<Examined> {
  let image;
  try {
    image = await decodeImage(bytes);
  } catch (error) {
    return problemOf(error);
  }
  const { width, height } = image;
  if (resizing) keep(resizeImage(image, resizing.size, resizing.method));
  return { hash: createHash('sha256').update(bytes).digest('hex'), width, height, picture: pictureOf(image) };
}

export const problemOf = (error: unknown): Examined => ({ problem: toErrorValue(error).message });
