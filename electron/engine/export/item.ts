import type { ExportFormat } from '../../contract/exports.ts';
import type { Role } from '../../contract/run.ts';

export type Content = string | Uint8Array;

/** What is in a file, or what makes that when the file's turn has come. */
export type FileContent = Content | (() => Promise<Content> | AsyncIterable<Uint8Array>);

interface ItemBase {
  /** Absolute. */
  path: string;
  /** Of the one network in it, if it must be checked. */
  network?: Role;
  /** What was decided while it was made, a sentence each; asked for once it is written. */
  notes?: () => readonly string[];
}

export interface ExportFile extends ItemBase {
  content: FileContent;
}

/** A folder, which takes the place of the whole one that may lie there. */
export interface ExportFolder extends ItemBase {
  /** By their paths in it, with slashes. */
  files: Readonly<Record<string, FileContent>>;
}

export type ExportItem = ExportFile | ExportFolder;

export interface WrittenItem {
  format: ExportFormat;
  item: ExportItem;
  /** Where it lies until all is written. */
  staged: string;
}
