import path from 'node:path';
import type { ExportFormat } from '../../contract/exports.ts';
import type { TensorNames } from '../../contract/recipe.ts';
import { readAnnotation } from '../runs/annotation.ts';
import { slug } from '../runs/naming.ts';
import type { RunFolder } from '../runs/run-folder.ts';

export interface ExportContext {
  run: RunFolder;
  /** The folder to write to; null: the run's own. It exists. */
  out: string | null;
  /** How weights name their tensors. */
  names: TensorNames;
}

type Content = string | Uint8Array;

/** A file that is to be written. */
export interface ExportFile {
  /** Absolute. */
  path: string;
  /** What is in it, or what makes that when the file's turn has come. */
  content: Content | (() => Promise<Content> | AsyncIterable<Uint8Array>);
}

/** One format of what a run gives away; a line in the table of index.ts. */
export interface Exporter {
  name: ExportFormat;
  /** What there is to write; writes nothing. Throws DistillError NOT_FOUND where the run has nothing to write yet. */
  files(context: ExportContext): Promise<ExportFile[]>;
}

/** What exports are called: by the name that the owner gave the run, with what its folder has besides the recipe's; as the folder else. */
export async function exportName(run: RunFolder): Promise<string> {
  const folder = path.basename(run.folder);
  const { name } = await readAnnotation(run.folder);
  if (name === null) return folder;
  const own = slug(run.recipe.name);
  return folder.startsWith(`${own}-`)
    ? `${slug(name)}${folder.slice(own.length)}`
    : `${slug(name)}-${folder}`;
}

/** Where exports begin with: <folder>/<run>; into the run's exports/, made where missing, unless another folder is given. */
export async function exportBase({ run, out }: Pick<ExportContext, 'run' | 'out'>): Promise<string> {
  const target = out ?? path.dirname(await run.prepare('exports', 'any'));
  return path.join(target, await exportName(run));
}
