import type { PixelPlace } from './pixel-place.ts';
import type { PixelStore } from './pixel-store.ts';

/** Decoded images of one size with their labels, as the loader and the evaluation read them. */
export class Pixels {
  /** Side in pixels. */
  readonly size: number;
  readonly count: number;
  /** `noLabel` (unlabelled.ts) where an image has none. */
  readonly labels: Int32Array;
  /** The samples' keys, in the same order. */
  readonly keys: string[];
  /** Hashes of their files, where all are known. */
  readonly hashes: readonly string[] | null;
  /** Each image's row in the store; on shared memory, because worker threads read it too. */
  readonly rows: Int32Array<SharedArrayBuffer>;
  readonly #store: PixelStore;

  /** `rows[i]` is where sample i lies in the store. */
  constructor(
    store: PixelStore,
    samples: readonly { key: string; label: number; hash?: string }[],
    rows: readonly number[],
  ) {
    this.size = store.size;
    this.count = samples.length;
    this.labels = Int32Array.from(samples, ({ label }) => label);
    this.keys = samples.map(({ key }) => key);
    const hashes = samples.flatMap(({ hash }) => hash ?? []);
    this.hashes = hashes.length === samples.length ? hashes : null;
    this.rows = new Int32Array(new SharedArrayBuffer(rows.length * Int32Array.BYTES_PER_ELEMENT));
    this.rows.set(rows);
    this.#store = store;
  }

  /** For worker threads: where the rows lie. */
  get place(): PixelPlace {
    return this.#store.place;
  }

  /** A copy of one image: uint8 RGB, [size, size, 3]. */
  image(index: number): Uint8Array<ArrayBuffer> {
    return this.#store.read(this.rows[index]!);
  }
}
