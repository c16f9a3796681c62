/** What the loader hands to training and to evaluation. The arrays are valid until the next batch is asked for. */
export interface Batch {
  /** Normalised RGB, [n, size, size, 3] row-major. */
  images: Float32Array<SharedArrayBuffer>;
  /** The same images, transformed alike, as a teacher sees them that has a size or a normalisation of its own; absent: as above. */
  teacherImages?: Float32Array<SharedArrayBuffer>;
  /** Of the first images; the others have none. The same number in each of a training's batches. */
  labels: Int32Array;
  /** Indices into the pixels, [n]. */
  indices: Int32Array;
  n: number;
}
