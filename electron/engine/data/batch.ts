/** What the loader hands to training and to evaluation. The arrays are valid until the next batch is asked for. */
export interface Batch {
  /** Normalised RGB, [n, size, size, 3] row-major. */
  images: Float32Array<SharedArrayBuffer>;
  /** The same images, transformed alike, as teachers see them that have a size or a normalisation of their own; absent: none has. */
  views?: readonly Float32Array<SharedArrayBuffer>[];
  /** Of the first images; the others have none. The same number in each of a training's batches. */
  labels: Int32Array;
  /**
   * Where a training mixes images: the labels of the images' partners, and the share of each image to which `labels` applies, 0.5 to 1,
   * while these apply to the rest. In every batch of such a training; a batch that is not mixed has the share 1.
   */
  mixed?: { labels: Int32Array; share: number };
  /** Indices into the pixels, [n]. */
  indices: Int32Array;
  n: number;
}
