import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError } from '../../platform/files.ts';

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
  const entries = await readdir(folder, { withFileTypes: true });
  const placeOf = (entry: Dirent): string => path.join(folder, entry.name);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link) return placeOf(link);
  // All at once: Node's own recursive reading takes one folder after the other.
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => findLink(placeOf(entry))),
  );
  return below.find((found) => found !== null) ?? null;
}

/** A name as one part of a path: not hidden, no way up or down, nothing that Windows reads otherwise. */
const segment = /^(?!\.)[^\\/:*?"<>|\p{Cc}]+(?<![. ])$/u;

/** Whether a name that came from a file may become a path's last part. */
export const isSegment = (name: string): boolean => name.length <= 255 && segment.test(name);
