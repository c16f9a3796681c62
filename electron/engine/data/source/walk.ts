import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SkippedFile } from '../../../contract/dataset.ts';
import { toErrorValue } from '../../../contract/errors.ts';
import { fileError, notAFile } from '../../../platform/files.ts';
import { isClutter, isHiddenImage, isList, isTable, stopIfAborted } from './source.ts';

/** What lies below a folder. */
export interface Walked {
  files: Set<string>;
  /** Links to files outside: named, never opened. */
  strays: Set<string>;
  skipped: SkippedFile[];
  /** Folders outside that links lead to, a sentence each. */
  notes: string[];
  /** Folders and tables: while they keep their time and size, all of this holds. */
  places: string[];
}

/** A folder to look into. */
interface Pending {
  /** '' for the root. */
  key: string;
  /** Real paths of the folders around it and its own: a link to one of them leads in a circle. */
  around: readonly string[];
  /** Links to folders that lead here. */
  links: number;
}

/** Of texts that may be lists, where every image has one of its own, not all are looked after. */
const mostLists = 100;
/** Folders full of links to each other have paths without end. */
const mostLinks = { nested: 4, followed: 10_000 };

/**
 * Walks through a folder whose real path is `root`. A link to a folder is followed, but in no circle; a link to a file counts
 * as that file where the file lies below the root or below a folder that was linked to. Pipes and devices are named and never
 * opened. Throws DistillError CANCELLED, and what is wrong with the root itself.
 */
export async function walk(root: string, signal: AbortSignal | undefined): Promise<Walked> {
  const found: Walked = { files: new Set(), strays: new Set(), skipped: [], notes: [], places: [root] };
  const homes = [root];
  const linked = new Map<string, string>();
  const skip = (file: string, reason: SkippedFile['reason'], detail: string) =>
    void found.skipped.push({ file, reason, detail });
  let lists = 0;
  let followed = 0;
  const pending: Pending[] = [{ key: '', around: [root], links: 0 }];

  const link = async (key: string, { around, links }: Pending): Promise<void> => {
    const end = await endOf(path.join(root, key));
    if (end === null) skip(key, 'link', 'a link that leads nowhere');
    else if (end.info.isFile()) linked.set(key, end.place);
    else if (!end.info.isDirectory()) skip(key, 'special', `a link to ${notAFile(end.info)!}`);
    else if (around.some((folder) => isInside(folder, end.place)))
      skip(key, 'link', `a link to a folder around it, "${end.place}"`);
    else if (links >= mostLinks.nested || followed++ >= mostLinks.followed)
      skip(key, 'link', `a link behind too many others, to "${end.place}"`);
    else {
      homes.push(end.place);
      if (!isInside(end.place, root))
        found.notes.push(`The folder "${key}" is a link to "${end.place}" and is followed.`);
      found.places.push(path.join(root, key));
      pending.push({ key, around: [...around, end.place], links: links + 1 });
    }
  };

  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    stopIfAborted(signal);
    for (const entry of await entriesOf(root, at.key, skip)) {
      const key = at.key === '' ? entry.name : `${at.key}/${entry.name}`;
      const place = path.join(root, key);
      if (isClutter(entry.name)) {
        if (entry.isFile() && isHiddenImage(entry.name)) skip(key, 'not-used', 'a hidden file');
      } else if (entry.isDirectory()) {
        found.places.push(place);
        pending.push({ key, around: at.around, links: at.links });
      } else if (entry.isFile()) {
        if (isTable(entry.name) && (!isList(entry.name) || lists++ < mostLists)) found.places.push(place);
        found.files.add(key);
      } else if (entry.isSymbolicLink())
        await link(key, { ...at, around: [...at.around, path.join(root, at.key)] });
      else skip(key, 'special', notAFile(entry)!);
    }
  }
  // At the end, when all linked folders are known: the order of folders must not matter.
  for (const [key, place] of linked)
    (homes.some((home) => isInside(place, home)) ? found.files : found.strays).add(key);
  return found;
}

/** A folder's entries; of one below the root that cannot be read none, and it is named. */
async function entriesOf(
  root: string,
  key: string,
  skip: (file: string, reason: SkippedFile['reason'], detail: string) => void,
): Promise<Dirent[]> {
  try {
    return await readdir(path.join(root, key), { withFileTypes: true });
  } catch (thrown) {
    const error = fileError(thrown, path.join(root, key));
    if (key === '') throw error;
    skip(
      key,
      'unreadable',
      `a folder that cannot be read: ${toErrorValue(error).message.replace(/\.$/, '')}`,
    );
    return [];
  }
}

/** What a link leads to; null where it leads nowhere, or in a circle of links. */
async function endOf(link: string): Promise<{ place: string; info: Stats } | null> {
  try {
    const place = await realpath(link);
    return { place, info: await stat(place) };
  } catch {
    return null;
  }
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}
