import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { fileError } from '../files.ts';

/**
 * Refuses a run's folder with a link in it. What a run keeps lies in its folder: behind a link whoever gave the folder away would have
 * this program write, or read, anywhere. The folder itself may be reached through links. Throws RUN_CORRUPT, NOT_WRITABLE.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((thrown: unknown) => {
    throw fileError(thrown, folder);
  });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (!link) return;
  const place = path.relative(folder, path.join(link.parentPath, link.name));
  throw new DistillError(
    'RUN_CORRUPT',
    `"${place}" in the run "${path.basename(folder)}" is a link, and could lead anywhere.`,
    'Put the file or folder itself in its place, or remove it.',
  );
}

/** A name as one part of a path: not hidden, no way up or down, nothing that Windows reads otherwise. */
const segment = /^(?!\.)[^\\/:*?"<>|\p{Cc}]+(?<![. ])$/u;

/** Whether a name that came from a file may become a path's last part. */
export const isSegment = (name: string): boolean => name.length <= 255 && segment.test(name);
