/** A file of a sweep's folder. */
export interface SweepFile {
  /** Below the sweep's folder, with forward slashes. */
  name: string;
  bytes: number;
  /** In hex, where it is known: what arrives is checked by it. */
  sha256?: string;
}

/**
 * How a worker reads and writes the sweep's folder on the machine that started it. Names are places below that folder. Everything
 * throws NETWORK, NOT_FOUND, DISK_FULL or NOT_WRITABLE.
 */
export interface Exchange {
  /** All files below a folder, or the file of this name; none where there is neither. */
  list(place: string): Promise<SweepFile[]>;
  /** Brings a file whole, or not at all. */
  fetch(file: SweepFile, to: string): Promise<void>;
  /** Writes a file whole, or not at all. Throws RUN_STATE where the attempt is not the current one. */
  put(name: string, content: Content): Promise<void>;
  /** As `put`. */
  remove(name: string): Promise<void>;
}

/** A file here, or bytes. */
export type Content = { file: string } | { bytes: Uint8Array };
