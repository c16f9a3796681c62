import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { augmentSchema } from '../../contract/recipe/augmentation.ts';
import { random } from '../numbers/random.ts';
import { drawTransform } from './augment.ts';
import { renderInto } from './render.ts';
import { resizeImage } from './resize.ts';

/** To be raised where pixels change in a way that the made-up image below does not show. */
const version = 1;
const sides = { width: 23, height: 17 };
const size = 16;

/**
 * A hash that changes where the pixels that the networks see would: of what resizing, drawing transforms and rendering
 * make of a made-up image, and of the decoder's version. What was computed from pixels is stale where it differs.
 */
export function pixelCodeHash(): string {
  const stream = random(1, 'pixel code');
  const data = Uint8Array.from({ length: sides.width * sides.height * 3 }, () => stream.integer(256));
  const hash = createHash('sha256').update(`${version} ${sharp.versions.sharp} ${sharp.versions.vips}`);
  const rendered = new Float32Array(size * size * 3);
  for (const [index, method] of (['crop', 'squish', 'pad'] as const).entries()) {
    const source = resizeImage({ ...sides, data }, size, method);
    const transform = drawTransform(augmentSchema.parse({}), random(1, 'augment', 1, index));
    renderInto(source, size, transform, [0.4, 0.5, 0.6], [0.2, 0.3, 0.4], rendered, 0);
    hash.update(source).update(rendered);
  }
  return hash.digest('hex');
}
