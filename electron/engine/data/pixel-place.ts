import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { DistillError } from '../../contract/errors.ts';
import { fileError } from '../../platform/files.ts';

/** Where a store's images lie, one after another, `imageBytes` each; may be posted to worker threads. */
export type PixelPlace = { imageBytes: number } & (
  { memory: Uint8Array<SharedArrayBuffer> } | { file: string }
);

/** One thread's way to the images. */
export interface PixelAccess {
  /** The image's bytes, which are valid until the next read. Throws DistillError where the file cannot be read. */
  read(row: number): Uint8Array;
  /** Throws DistillError DISK_FULL. */
  write(row: number, image: Uint8Array): void;
  close(): void;
}

export function openPixels(place: PixelPlace): PixelAccess {
  return 'memory' in place ? inMemory(place.memory, place.imageBytes) : inFile(place.file, place.imageBytes);
}

function inMemory(memory: Uint8Array, imageBytes: number): PixelAccess {
  return {
    read: (row) => memory.subarray(row * imageBytes, (row + 1) * imageBytes),
    write: (row, image) => memory.set(image, row * imageBytes),
    close: () => undefined,
  };
}

/** Reads and writes at positions: the operating system keeps in memory what there is room for. */
function inFile(file: string, imageBytes: number): PixelAccess {
  const naming = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      throw fileError(thrown, file);
    }
  };
  const descriptor = naming(() => openSync(file, 'r+'));
  const image = new Uint8Array(imageBytes);
  return {
    read: (row) =>
      naming(() => {
        const bytes = readSync(descriptor, image, 0, imageBytes, row * imageBytes);
        if (bytes < imageBytes) throw cutOff(file);
        return image;
      }),
    write: (row, bytes) =>
      naming(() => {
        for (let done = 0; done < imageBytes;)
          done += writeSync(descriptor, bytes, done, imageBytes - done, row * imageBytes + done);
      }),
    close: () => closeSync(descriptor),
  };
}

function cutOff(file: string): DistillError {
  const hint = 'Leave the file alone while the program runs, and start again.';
  return new DistillError('NOT_FOUND', `Decoded images are missing from "${file}".`, hint);
}
