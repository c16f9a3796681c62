import path from 'node:path';
import type { ExportFormat } from '../../contract/recipe.ts';
import type { RunFolder } from '../runs/run-folder.ts';

export interface ExportContext {
  run: RunFolder;
  /** The folder to write to; null: the run's own. It exists. */
  out: string | null;
}

/** One format of what a run gives away; a line in the table of index.ts. */
export interface Exporter {
  name: ExportFormat;
  /** Returns the absolute paths of the files written. Throws DistillError NOT_FOUND where the run has nothing to write yet. */
  write(context: ExportContext): Promise<string[]>;
}

/** Where exports begin with: <folder>/<run>; into the run's exports/, made where missing, unless another folder is given. */
export async function exportBase({ run, out }: ExportContext): Promise<string> {
  const target = out ?? path.dirname(await run.prepare('exports', 'any'));
  return path.join(target, path.basename(run.folder));
}
