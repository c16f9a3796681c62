import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { ExportFormat } from '../../contract/exports.ts';
import type { TensorNames } from '../../contract/recipe.ts';
import { makeFolders, writeFileAtomic } from '../files.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { csv } from './csv.ts';
import type { Exporter, ExportFile } from './exporter.ts';
import { plots } from './plots.ts';
import { report } from './report.ts';
import { safetensors } from './safetensors.ts';

/** A new format is one file and one line here. */
const exporters = { safetensors, report, csv, plots } satisfies Record<ExportFormat, Exporter>;

export interface ExportOptions {
  /** How weights name their tensors; default: torchvision's way. */
  names?: TensorNames | undefined;
  signal?: AbortSignal | undefined;
  /** Files written, of all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DistillError('CANCELLED', 'The export was cancelled.');
}

/** The chunks until the signal: then the file that is being written of them is given up. */
async function* untilCancelled(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    yield chunk;
  }
}

async function writeFile(
  { path: file, content }: ExportFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const made = typeof content === 'function' ? content() : content;
  const data =
    typeof made === 'object' && Symbol.asyncIterator in made ? untilCancelled(made, signal) : await made;
  throwIfCancelled(signal);
  await writeFileAtomic(file, data);
}

/**
 * Writes the run's exports, into its own folder where `out` is null; returns the files. Each file is written whole or not at all:
 * a cut leaves those that came before it. Throws NOT_FOUND (before anything is written), NOT_WRITABLE, DISK_FULL, CANCELLED.
 */
export async function exportRun(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
  { names = 'torchvision', signal, onProgress }: ExportOptions = {},
): Promise<string[]> {
  const target = out === null ? null : path.resolve(out);
  if (target !== null) {
    await makeFolders(target);
  }
  const files: ExportFile[] = [];
  for (const format of new Set(formats)) {
    throwIfCancelled(signal);
    for (const file of await exporters[format].files({ run, out: target, names })) files.push(file);
  }
  for (const [done, file] of files.entries()) {
    onProgress?.(done, files.length);
    await writeFile(file, signal);
  }
  onProgress?.(files.length, files.length);
  return files.map((file) => file.path);
}

export { saveMistakeImages } from './report/images.ts';
export { shownMistakes } from './report/mistakes.ts';
