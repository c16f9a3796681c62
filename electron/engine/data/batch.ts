/** What the loader hands to training and to evaluation. The arrays are valid until the next batch is asked for. */
export interface Batch {
  /** Normalised RGB, [n, size, size, 3] row-major. */
  images: Float32Array<SharedArrayBuffer>;
  /** The same images, transformed alike, as teachers see them that have a size or a normalisation of their own; absent: none has. */
  views?: readonly Float32Array<SharedArrayBuffer>[];
  /** Of the first images; the others have none. The same number in each of a training's batches. */
  labels: Int32Array;
  /** Indices into the pixels, [n]. */
  indices: Int32Array;
  n: number;
}
