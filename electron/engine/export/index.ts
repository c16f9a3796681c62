import type { Exported } from '../../contract/export-outcome.ts';
import type { ExportFormat } from '../../contract/exports.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { Turns } from '../work/turns.ts';
import type { ExportRunOptions } from './options.ts';
import { writeExports } from './write-exports.ts';

/** Of each run: two exports at once would each lose the other's rows. */
const turns = new Map<string, Turns>();

/**
 * Writes the run's exports, into its own folder where `out` is null: all of them, or none where it throws; then what was there before
 * is there still. Checked networks become rows of the run's result and of its report. Throws NOT_FOUND and INVALID_INPUT (before
 * anything is written), NOT_WRITABLE, DISK_FULL, CANCELLED.
 */
export function exportRun(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
  options: ExportRunOptions = {},
): Promise<Exported> {
  const turn = turns.get(run.folder) ?? new Turns(1);
  turns.set(run.folder, turn);
  const signal = options.signal ?? new AbortController().signal;
  return turn.take(signal, () => writeExports(run, formats, out, options));
}

export { saveMistakeImages } from './report/images.ts';
export { shownMistakes } from './report/mistakes.ts';
