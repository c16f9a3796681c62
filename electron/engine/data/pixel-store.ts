import { totalmem } from 'node:os';
import { openPixels, type PixelAccess, type PixelPlace } from './pixel-place.ts';
import { sharedBuffer } from './shared-memory.ts';
import { createSpillFile, removeSpillFile } from './spill-file.ts';

export interface PixelStoreOptions {
  /** Images that there is room for. */
  count: number;
  /** Side in pixels. */
  size: number;
  /** Bytes that may lie in memory; null: a quarter of the machine's. */
  memory?: number | null | undefined;
  /** Where the file goes; default: the user's folder. */
  folder?: string | undefined;
}

/** The longest typed array of Node 20. */
const longest = 2 ** 32 - 1;

/** A quarter of the memory that the process may have: training wants the rest. */
export function defaultPixelMemory(): number {
  // 0 where there is no limit, or none that is known.
  const limit = process.constrainedMemory();
  return Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / 4);
}

/**
 * Room for decoded images of one size (uint8 RGB, [size, size, 3]) that worker threads share: in memory up to a cap, and
 * where all of them need more, all of them in a file that is deleted when the store closes. Either way the images are
 * the same bytes.
 */
export class PixelStore {
  readonly size: number;
  readonly count: number;
  readonly place: PixelPlace;
  /** This thread's. */
  #access: PixelAccess | null = null;

  private constructor(size: number, count: number, place: PixelPlace) {
    this.size = size;
    this.count = count;
    this.place = place;
  }

  /** Throws DistillError OUT_OF_MEMORY, DISK_FULL or NOT_WRITABLE. */
  static async create({ count, size, memory, folder }: PixelStoreOptions): Promise<PixelStore> {
    const imageBytes = size * size * 3;
    const bytes = count * imageBytes;
    const what = `${count} images of ${size} x ${size} pixels`;
    const fits = bytes <= Math.min(memory ?? defaultPixelMemory(), longest);
    const place: PixelPlace = fits
      ? { imageBytes, memory: new Uint8Array(sharedBuffer(bytes, what)) }
      : { imageBytes, file: await createSpillFile(bytes, what, folder) };
    return new PixelStore(size, count, place);
  }

  /** A copy of one image, in memory of its own. */
  read(row: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#open().read(row));
  }

  write(row: number, image: Uint8Array): void {
    this.#open().write(row, image);
  }

  /** Gives the file back; in memory there is nothing to do. No thread may use the images any more. */
  async close(): Promise<void> {
    this.#access?.close();
    this.#access = null;
    if ('file' in this.place) await removeSpillFile(this.place.file);
  }

  #open(): PixelAccess {
    return (this.#access ??= openPixels(this.place));
  }
}
