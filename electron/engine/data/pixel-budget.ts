import { availableParallelism, totalmem } from 'node:os';
import { decodeImage, maxPixels } from './image.ts';
import type { RgbImage } from './rgb-image.ts';
import { claimedPixels } from './image-size.ts';

/** Bytes that a pixel may cost while it is decoded: 3 in the result, 3 in libvips, 6 in a progressive JPEG's coefficients. */
const bytesPerPixel = 12;

/** 16 megapixels for each core, a large photograph; one image of the largest size at least. */
const defaultBudget = (): number =>
  Math.max(maxPixels, Math.min(16e6 * availableParallelism(), totalmem() / 4 / bytesPerPixel));

/**
 * Limits the pixels that are in memory at a time, decoded for any purpose and on any thread: a file of a kilobyte may claim
 * as many as are allowed, and a hundred of them must not cost more than one. First come, first served.
 */
export class PixelBudget {
  readonly total: number;
  #free: number;
  readonly #waiting: { pixels: number; start: () => void }[] = [];

  constructor(total: number) {
    this.total = this.#free = total;
  }

  /** Does `work` when there is room for its pixels; more than there can ever be wait until nothing else is in work. */
  async take<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    const room = Math.min(pixels, this.total);
    if (this.#waiting.length > 0 || room > this.#free)
      await new Promise<void>((start) => this.#waiting.push({ pixels: room, start }));
    else this.#free -= room;
    try {
      return await work();
    } finally {
      this.#free += room;
      this.#startWaiting();
    }
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next && next.pixels <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.pixels;
      next.start();
    }
  }
}

/** The process's own. Worker threads decode what this thread has taken room for. */
export const pixelBudget = new PixelBudget(defaultBudget());

/** Decodes an image and gives it to `use` while there is room for it. Throws as decodeImage does. */
export const withDecoded = async <T>(bytes: Uint8Array, use: (image: RgbImage) => T): Promise<T> =>
  pixelBudget.take(await claimedPixels(bytes), async () => use(await decodeImage(bytes)));
