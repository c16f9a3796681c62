import type { ImportReport } from '../../contract/dataset.ts';
import type { Pictures } from './pictures.ts';
import type { PixelStore } from './pixel-store.ts';

/** One image, mostly labelled. */
export interface Sample {
  /** Path inside the dataset with '/', unique; inside a zip: the entry's name. */
  key: string;
  /** Index into `Dataset.classes`; `noLabel` (unlabelled.ts) where the image has none. */
  label: number;
  /** Frames of one physical object share a track, unique over the dataset; null where the format does not record it. */
  track: string | null;
  /** SHA-256 of the file's bytes, hex. */
  hash: string;
}

/** Images that the import kept, decoded and resized. */
export interface KeptPixels {
  /** Outlives the dataset; whoever asked for it closes it. */
  store: PixelStore;
  /** The store's row of each sample that was kept, by its key. */
  rows: ReadonlyMap<string, number>;
}

/** An imported dataset: what is there, and a way to read one file's bytes. */
export interface Dataset {
  path: string;
  format: string;
  /** The vocabulary: class i is output i of every network, whether trained on or not. */
  classes: string[];
  /** In order of key. */
  train: Sample[];
  /** What the dataset itself brings for validation. */
  validation: Sample[];
  test: Sample[];
  /** Of the recipe's folders of images without labels. */
  unlabelled: Sample[];
  report: ImportReport;
  /** What every image looks like. */
  pictures: Pictures;
  /** Labels that the vocabulary lacks, with how many images have them. */
  unknownLabels: ReadonlyMap<string, number>;
  /** null where the import was not asked to keep them. */
  pixels: KeptPixels | null;
  /** The file's bytes. Throws DistillError NOT_FOUND or ARCHIVE_CORRUPT. */
  read(key: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Which samples train, validate, test: indices into `samples`. */
export interface Split {
  train: number[];
  validation: number[];
}

/** Called as work goes on; must be cheap. */
export type Progress = (done: number, total: number) => void;
