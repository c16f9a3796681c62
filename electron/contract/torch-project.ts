import type { Role } from './roles.ts';

/** A PyTorch project that was written. */
export interface TorchProject {
  folder: string;
  /** What it trains, in order. */
  roles: Role[];
  /** Images that were copied into it, because they lie in a zip or in Parquet files. */
  copiedImages: number;
  /** What its networks start from, a sentence each. */
  notes: string[];
}
