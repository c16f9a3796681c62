import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import {
  compareKeys,
  isClutter,
  isList,
  isTable,
  maxFileBytes,
  noSuchKey,
  type Source,
  stopIfAborted,
} from './source.ts';

/** Of texts that may be lists, where every image has one of its own, not all are looked after. */
const mostLists = 100;

/**
 * The files below a folder. A link to a file inside the folder counts as that file; a link that leaves the folder is
 * listed, so that a report can name it, and refused when read; links to folders are not followed.
 */
export async function openFolder(folder: string, signal?: AbortSignal): Promise<Source> {
  const root = await realpath(folder);
  const files = new Set<string>();
  const strays = new Set<string>();
  const places = [root];
  let lists = 0;
  const pending = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    stopIfAborted(signal);
    for (const found of await readdir(path.join(root, at), { withFileTypes: true })) {
      const key = at === '' ? found.name : `${at}/${found.name}`;
      if (isClutter(found.name)) continue;
      if (found.isDirectory() || (isTable(found.name) && (!isList(found.name) || lists++ < mostLists)))
        places.push(path.join(root, key));
      if (found.isDirectory()) pending.push(key);
      else if (found.isFile()) files.add(key);
      else if (found.isSymbolicLink()) {
        const target = await fileBehind(path.join(root, key));
        if (target !== null) (isInside(target, root) ? files : strays).add(key);
      }
    }
  }
  return {
    keys: [...files, ...strays].sort(compareKeys),
    skipped: [],
    places,
    read: async (key) => {
      if (strays.has(key)) throw unreadable(key, 'is a link that leaves the folder');
      if (!files.has(key)) throw noSuchKey(key);
      return readWhole(path.join(root, key), key);
    },
    close: () => Promise.resolve(),
  };
}

/** The real path of the file behind a link; null where the link is broken or leads to something else. */
async function fileBehind(link: string): Promise<string | null> {
  try {
    const target = await realpath(link);
    return (await stat(target)).isFile() ? target : null;
  } catch {
    return null;
  }
}

function isInside(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

async function readWhole(file: string, key: string): Promise<Uint8Array> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(
      key,
      cause instanceof Error ? `cannot be opened (${cause.message})` : 'cannot be opened',
      cause,
    );
  });
  try {
    const { size } = await handle.stat();
    if (size > maxFileBytes)
      throw unreadable(key, `has ${size} bytes, more than the limit of ${maxFileBytes}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function unreadable(key: string, why: string, cause?: unknown): DistillError {
  return new DistillError(
    'IMAGE_UNREADABLE',
    `"${key}" ${why}.`,
    'Put a readable copy of the file in its place.',
    { cause },
  );
}
