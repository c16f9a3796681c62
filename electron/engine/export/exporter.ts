import path from 'node:path';
import type { ExportFormat, NetworkOptions, TensorNames } from '../../contract/exports.ts';
import type { Role } from '../../contract/run.ts';
import type { RunResult } from '../../contract/result.ts';
import type { CallPhase } from '../../contract/method.ts';
import { readAnnotation } from '../run-folder/annotation.ts';
import { slug } from '../run-folder/naming.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Calibration } from './calibration.ts';
import type { ExportItem, WrittenItem } from './item.ts';
import type { Quantisation } from './quantise/quantise.ts';
import type { TrainedNetwork } from './trained-network.ts';

/** One export, the same object for all of its formats. */
export interface ExportContext {
  run: RunFolder;
  /** The folder to write to; null: the run's own. It exists. */
  out: string | null;
  /** How weights name their tensors. */
  names: TensorNames;
  /** The models asked for; null: as each format does by itself (`networkRoles`). */
  roles: readonly Role[] | null;
  options: NetworkOptions;
  /** A trained network, read once. Throws NOT_FOUND where the run has none of this role. */
  network(role: Role): Promise<TrainedNetwork>;
  /** What a network is quantised with, read once. Throws as the dataset does where it is gone or another. */
  calibration(role: Role): Promise<Calibration>;
  /** A network's ranges for all int8 formats, found once; what that throws besides is in quantise/quantise.ts. */
  quantised(role: Role): Promise<Quantisation>;
  /** The run's result, with the rows of what was checked so far. Throws NOT_FOUND where it has none yet. */
  result(): Promise<RunResult>;
  /** What is written so far. */
  written(): readonly WrittenItem[];
  signal: AbortSignal | undefined;
  /** Of work that takes longer than a second, in units of its own. */
  progress(phase: CallPhase, done: number, total: number): void;
}

/** One format of what a run gives away; a line in exporters.ts. */
export interface Exporter {
  name: ExportFormat;
  /**
   * What there is to write; writes nothing. Whatever is missing is found out here: throws DistillError NOT_FOUND where the run has
   * nothing to write yet, INVALID_INPUT for what cannot be had of its network.
   */
  files(context: ExportContext): Promise<ExportItem[]>;
}

/** Of a format of networks. */
export const networkRoles = ({ roles }: Pick<ExportContext, 'roles'>): readonly Role[] =>
  roles ?? ['student'];

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
