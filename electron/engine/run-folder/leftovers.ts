import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isTemporaryName } from '../../platform/files.ts';
import { filesBelow, type FolderFile } from '../../platform/folder-size.ts';
import { RunLock } from './lock.ts';

/** What a process that was killed leaves behind, removed by the next one that looks. */

/** Milliseconds after which nobody is still writing a temporary file, and no start of a run is still going on. */
const STALE_MS = 10 * 60_000;

const remove = (file: string): Promise<void> =>
  rm(file, { recursive: true, force: true }).catch(() => undefined);

/** Removes beginnings of files below a folder that this process alone writes to. Never throws. */
export async function removeTemporary(folder: string): Promise<void> {
  const files = (await filesBelow(folder)).filter((file) => isTemporaryName(path.basename(file.path)));
  await Promise.all(files.map((file) => remove(file.path)));
}

/** The same in a folder that others may write to: only what is old. Gives the other files. */
export async function withoutStale(files: readonly FolderFile[], now = Date.now()): Promise<FolderFile[]> {
  const isStale = (file: FolderFile): boolean =>
    file.path.endsWith('.tmp') && isTemporaryName(path.basename(file.path)) && now - file.changed > STALE_MS;
  await Promise.all(files.filter(isStale).map((file) => remove(file.path)));
  return files.filter((file) => !isStale(file));
}

/** As `makeFolder` names it. */
const runName = /-\d{8}-\d{6}(-\d+)?$/;
/** What is written before run.json makes a folder a run. */
const early = new Set(['recipe.json', 'run.lock']);

/** Removes a folder whose run ended before it was one: nothing is in it but what its start wrote. Never throws. */
export async function removeUnborn(folder: string, now = Date.now()): Promise<void> {
  if (!runName.test(path.basename(folder))) return;
  const known = await stat(folder).catch(() => null);
  if (!known?.isDirectory() || now - known.mtimeMs < STALE_MS) return;
  const names = await readdir(folder).catch(() => null);
  if (!names?.every((name) => early.has(name) || isTemporaryName(name))) return;
  if (await RunLock.isHeld(folder).catch(() => true)) return;
  await remove(folder);
}
