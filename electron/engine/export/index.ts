import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ExportFormat } from '../../contract/recipe.ts';
import { fileError } from '../files.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { csv } from './csv.ts';
import type { Exporter } from './exporter.ts';
import { plots } from './plots.ts';
import { report } from './report.ts';
import { safetensors } from './safetensors.ts';

/** A new format is one file and one line here. */
const exporters = { safetensors, report, csv, plots } satisfies Record<ExportFormat, Exporter>;

/** Writes the run's exports, into its own folder where `out` is null; returns the files. Throws NOT_FOUND, NOT_WRITABLE, DISK_FULL. */
export async function exportRun(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
): Promise<string[]> {
  const target = out === null ? null : path.resolve(out);
  if (target !== null) {
    await mkdir(target, { recursive: true }).catch((thrown: unknown) => {
      throw fileError(thrown, target);
    });
  }
  const files: string[] = [];
  for (const format of new Set(formats)) files.push(...(await exporters[format].write({ run, out: target })));
  return files;
}

export { saveMistakeImages } from './report/images.ts';
export { shownMistakes } from './report/mistakes.ts';
