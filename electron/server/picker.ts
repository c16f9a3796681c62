import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../contract/errors.ts';
import type { FolderEntry, FolderListing } from '../contract/host.ts';
import { confined, realFolders } from '../host/confine.ts';

/** More than this no one looks through. */
const MAX_ENTRIES = 2000;

/**
 * What lies in a folder below one of `roots`; '' lists the roots themselves. Throws NOT_WRITABLE for a folder elsewhere or one that may
 * not be read, NOT_FOUND, INVALID_INPUT for a file.
 */
export async function listFolder(given: string, roots: readonly string[]): Promise<FolderListing> {
  const real = await realFolders(roots);
  if (given === '') {
    const entries = real.map((root): FolderEntry => ({
      name: root,
      path: root,
      kind: 'folder',
      bytes: null,
    }));
    return { path: '', parent: null, entries, omitted: 0 };
  }
  const folder = await confined(given, roots);
  if (!(await stat(folder)).isDirectory())
    throw new DistillError('INVALID_INPUT', `"${given}" is a file.`, 'Choose the folder that it lies in.');
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  const looked = names.sort(collator.compare).slice(0, 5 * MAX_ENTRIES);
  const entries = (await Promise.all(looked.map((name) => look(folder, name)))).filter(
    (entry) => entry !== null,
  );
  const ordered = [...entries.filter(isFolder), ...entries.filter((entry) => !isFolder(entry))];
  return {
    path: folder,
    parent: real.includes(folder) ? null : path.dirname(folder),
    entries: ordered.slice(0, MAX_ENTRIES),
    omitted: names.length - looked.length + Math.max(0, ordered.length - MAX_ENTRIES),
  };
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const isFolder = (entry: FolderEntry): boolean => entry.kind === 'folder';

/** null for what is neither file nor folder, and for links to nowhere. A link to elsewhere is refused when it is opened. */
async function look(folder: string, name: string): Promise<FolderEntry | null> {
  const file = path.join(folder, name);
  const stats = await stat(file).catch(() => null);
  if (stats?.isDirectory()) return { name, path: file, kind: 'folder', bytes: null };
  return stats?.isFile() ? { name, path: file, kind: 'file', bytes: stats.size } : null;
}
