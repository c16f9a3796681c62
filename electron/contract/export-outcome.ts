import type { ExportFormat } from './exports.ts';
import type { ExportRow } from './result.ts';

/** A file or folder that was written. */
export interface WrittenExport {
  path: string;
  format: ExportFormat;
  /** Of the file, or of all files in the folder. */
  bytes: number;
}

/** What an export gave. */
export interface Exported {
  /** Files and folders that were written. */
  files: string[];
  /** The same with what they are. */
  written: WrittenExport[];
  /** Of those that were checked. */
  rows: ExportRow[];
  /** Other remarks, such as why nothing was checked: a sentence each. */
  notes: string[];
}
