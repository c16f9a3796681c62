import path from 'node:path';
import type { Exported } from '../../contract/export-outcome.ts';
import { defaultNetworkOptions, type ExportFormat, isChecked } from '../../contract/exports.ts';
import type { ExportRow } from '../../contract/result.ts';
import { makeFolders } from '../../platform/files.ts';
import { sizeOf } from '../../platform/folder-size.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { exportContext } from './context.ts';
import type { WrittenItem } from './item.ts';
import type { ExportRunOptions } from './options.ts';
import { isOfNetwork, plan, type Planned } from './plan.ts';
import { renewed } from './renewed.ts';
import { removeStaleStages, Staging } from './staging.ts';

/** One export, from what its formats would write to the files in their places; see `exportRun`. */
export async function writeExports(
  run: RunFolder,
  formats: readonly ExportFormat[],
  out: string | null,
  { names = 'torchvision', roles = null, images, check, signal, onProgress, ...options }: ExportRunOptions,
): Promise<Exported> {
  const target = out === null ? null : path.resolve(out);
  if (target !== null) await makeFolders(target);
  const [written, rows, notes]: [WrittenItem[], ExportRow[], string[]] = [[], [], []];
  const context = exportContext({
    run,
    out: target,
    names,
    roles,
    options: { ...defaultNetworkOptions, ...options },
    images,
    rows,
    written,
    signal,
    onProgress,
  });
  const planned = await plan(formats, context);
  const roots = [...(target === null ? [] : [target]), run.folder];
  for (const root of roots) await removeStaleStages(root);
  const staging = new Staging(roots);
  const write = async ({ format, item }: Planned) => {
    context.progress('write', written.length, planned.length);
    written.push({ format, item, staged: await staging.write(item, signal) });
  };
  try {
    for (const one of planned.filter(({ format }) => isOfNetwork(format))) await write(one);
    const checked = written.filter(({ format, item }) => isChecked(format) && item.network);
    if (check && checked.length > 0) {
      const outcome = await check(checked, context);
      for (const row of outcome.rows) rows.push(row);
      for (const note of outcome.notes) notes.push(note);
    }
    for (const one of planned.filter(({ format }) => !isOfNetwork(format))) await write(one);
    const files = await Promise.all(
      written.map(async ({ format, item, staged }) => ({
        path: item.path,
        format,
        bytes: await sizeOf(staged),
      })),
    );
    for (const item of await renewed(context, planned)) await staging.write(item, signal);
    await staging.commit();
    context.progress('write', planned.length, planned.length);
    return { files: files.map((file) => file.path), written: files, rows, notes };
  } finally {
    await staging.discard();
  }
}
