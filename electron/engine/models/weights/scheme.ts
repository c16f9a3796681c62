/** A way to name a network's tensors. */
export interface Scheme {
  name: 'torchvision' | 'fastai';
  /** Its name for one of our tensors; undefined: it has none. */
  nameOf: (ours: string) => string | undefined;
}
