import { examine, type Examined, type Resizing } from './examine.ts';
import { openPixels, type PixelPlace } from './pixel-place.ts';
import { serveTasks } from './worker-port.ts';

export interface DecodeTask {
  place: PixelPlace;
  resizing: Resizing;
}

/** A file's bytes and the row for its image; null: it is only examined. */
export interface DecodeFile {
  bytes: Uint8Array;
  row: number | null;
}

serveTasks(({ place, resizing }: DecodeTask) => {
  const access = openPixels(place);
  return {
    // All at once: libvips decodes on threads of its own while this one resizes.
    answer: (files: DecodeFile[]): Promise<Examined[]> =>
      Promise.all(
        files.map(({ bytes, row }) =>
          row === null
            ? examine(bytes, null)
            : examine(bytes, resizing, (pixels) => access.write(row, pixels)),
        ),
      ),
    end: () => access.close(),
  };
});
