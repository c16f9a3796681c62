/** What an import found, as a person wants to read it and as a program can. */
export interface ImportReport {
  path: string;
  /** The format that was recognised, e.g. 'gtsrb', 'class-folders', 'csv'. */
  format: string;
  /** Content hash over every image's key, label, part and bytes, in order: equal data, equal fingerprint. */
  fingerprint: string;
  classes: ClassCount[];
  train: PartReport;
  test: PartReport;
  skipped: SkippedFile[];
}

export interface ClassCount {
  /** Index into the vocabulary. */
  id: number;
  name: string;
  train: number;
  tracks: number;
  test: number;
}

export interface PartReport {
  images: number;
  /** Groups of frames of one physical object; 0 where the format does not tell. */
  tracks: number;
  /** Pixels: smallest, median and largest side over all images (width and height alike). */
  sides: { min: number; median: number; max: number };
}

export interface SkippedFile {
  file: string;
  reason: 'unreadable' | 'duplicate' | 'unknown-label' | 'missing' | 'unlabelled';
  /** One clause for people, e.g. 'same content as 00001/00000_00003.ppm'. */
  detail: string;
}
