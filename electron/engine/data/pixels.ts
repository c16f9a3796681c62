/** Decoded images of one size, as the loader and the evaluation read them: uint8 RGB, [count, size, size, 3]. */
export interface Pixels {
  size: number;
  count: number;
  /** On shared memory, so that worker threads read the same bytes. */
  data: Uint8Array<SharedArrayBuffer>;
  labels: Int32Array;
  /** The samples' keys, in the same order. */
  keys: string[];
}
