import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError } from '../../platform/files.ts';
import { entriesOf } from '../../platform/folder-size.ts';

/**
 * Refuses a run's folder with a link in it. What a run keeps lies in its folder: behind a link the folder's author would have
 * this program write, or read, anywhere. The folder itself may be reached through links. Throws RUN_CORRUPT, NOT_WRITABLE.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const link = await findLink(folder).catch((thrown: unknown) => {
    throw fileError(thrown, folder);
  });
  if (link === null) return;
  throw new DistillError(
    'RUN_CORRUPT',
    `"${path.relative(folder, link)}" in the run "${path.basename(folder)}" is a link, and could lead anywhere.`,
    'Put the file or folder itself in its place, or remove it.',
  );
}

/** The first link below a folder; null where there is none. */
async function findLink(folder: string): Promise<string | null> {
  const entries = await entriesOf(folder);
  const link = entries.find(({ kind }) => kind === 'link');
  if (link) return link.path;
  // All at once: Node's own recursive reading takes one folder after the other.
  const folders = entries.filter(({ kind }) => kind === 'folder');
  const below = await Promise.all(folders.map((entry) => findLink(entry.path)));
  return below.find((found) => found !== null) ?? null;
}
