import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import { random } from '../numbers/random.ts';
import { drawTransform, identityTransform } from './augment.ts';
import { BatchRing, type RingShape } from './batch-ring.ts';
import { openPixels, type PixelPlace } from './pixel-place.ts';
import { renderInto } from './render.ts';
import { note, serveTasks } from './worker-port.ts';

/** One way to see the images: at a size, in a normalisation. */
export interface ViewTask {
  place: PixelPlace;
  /** Each image's row there. */
  rows: Int32Array<SharedArrayBuffer>;
  size: number;
  /** One per slot, each [batchSize, size, size, 3]. */
  slots: Float32Array<SharedArrayBuffer>[];
  mean: ImageRecipe['mean'];
  std: ImageRecipe['std'];
}

export interface AugmentTask {
  /** Each image is transformed the same way in all of them. */
  views: ViewTask[];
  shape: RingShape;
  augment: AugmentRecipe | null;
  seed: number;
}

/** Renders until the epoch is over; a note follows each batch that became complete. */
export interface AugmentRequest {
  epoch: number;
  /** Indices into the pixels, in the epoch's order. */
  order: Int32Array<SharedArrayBuffer>;
  /** Of each: how many times the epoch has taken the same image before, so that it is augmented anew; null: each comes once. */
  copies: Int32Array<SharedArrayBuffer> | null;
  control: Int32Array<SharedArrayBuffer>;
}

serveTasks(({ views, shape, augment, seed }: AugmentTask) => {
  const opened = views.map((view) => ({ ...view, pixels: openPixels(view.place) }));

  function answer({ epoch, order, copies, control }: AugmentRequest): null {
    const ring = new BatchRing(shape, control);
    for (let part = ring.claim(); part; part = ring.claim()) {
      for (let i = part.start; i < part.start + part.count; i++) {
        const place = part.batch * shape.batchSize + i;
        const index = order[place]!;
        const copy = copies?.[place] ?? 0;
        const keys = copy === 0 ? [epoch, index] : [epoch, index, copy];
        const transform = augment
          ? drawTransform(augment, random(seed, 'augment', ...keys))
          : identityTransform;
        for (const { pixels, rows, size, slots, mean, std } of opened) {
          const target = slots[part.batch % slots.length]!;
          renderInto(pixels.read(rows[index]!), size, transform, mean, std, target, i * size * size * 3);
        }
      }
      if (ring.finish(part)) note();
    }
    return null;
  }

  function end(): void {
    for (const { pixels } of opened) pixels.close();
  }

  return { answer, end };
});
