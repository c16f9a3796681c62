import { workerData } from 'node:worker_threads';
import type { AugmentRecipe, ImageRecipe } from '../../contract/recipe.ts';
import { random } from '../random.ts';
import { drawTransform, identityTransform } from './augment.ts';
import { BatchRing, type RingShape } from './batch-ring.ts';
import { openPixels, type PixelPlace } from './pixel-place.ts';
import { renderInto } from './render.ts';
import { answerRequests, note } from './worker-port.ts';

export interface AugmentTask {
  place: PixelPlace;
  /** Each image's row there. */
  rows: Int32Array<SharedArrayBuffer>;
  size: number;
  /** One per slot, each [batchSize, size, size, 3]. */
  slots: Float32Array<SharedArrayBuffer>[];
  shape: RingShape;
  augment: AugmentRecipe | null;
  mean: ImageRecipe['mean'];
  std: ImageRecipe['std'];
  seed: number;
}

/** Renders until the epoch is over; a note follows each batch that became complete. */
export interface AugmentRequest {
  epoch: number;
  /** Indices into the pixels, in the epoch's order. */
  order: Int32Array<SharedArrayBuffer>;
  control: Int32Array<SharedArrayBuffer>;
}

const { place, rows, size, slots, shape, augment, mean, std, seed } = workerData as AugmentTask;
const length = size * size * 3;
const pixels = openPixels(place);

answerRequests(({ epoch, order, control }: AugmentRequest): null => {
  const ring = new BatchRing(shape, control);
  for (let part = ring.claim(); part; part = ring.claim()) {
    const target = slots[part.batch % slots.length]!;
    for (let i = part.start; i < part.start + part.count; i++) {
      const index = order[part.batch * shape.batchSize + i]!;
      const source = pixels.read(rows[index]!);
      const transform = augment
        ? drawTransform(augment, random(seed, 'augment', epoch, index))
        : identityTransform;
      renderInto(source, size, transform, mean, std, target, i * length);
    }
    if (ring.finish(part)) note();
  }
  return null;
});
