import path from 'node:path';
import { folderOf } from '../source/source.ts';
import {
  type DatasetFormat,
  emptyListing,
  type Listing,
  type ListedImage,
  trackOfName,
  unlabelled,
} from './format.ts';
import { partOfName } from './parts.ts';

/**
 * A folder per class, perhaps below train/ and test/ (val/, validation/), perhaps all inside further folders. An
 * image's class is the topmost folder in which the classes differ; frames named as GTSRB names them form tracks.
 */
export const classFolders: DatasetFormat = {
  name: 'class-folders',
  list: ({ images }) => Promise.resolve(listFolders(images)),
};

function listFolders(keys: readonly string[]): Listing | null {
  const root = commonFolder(keys.filter((key) => key.includes('/')).map((key) => folderOf(key).split('/')));
  if (root === null) return null;
  // Every image in one folder: that folder is the only class.
  const single = keys.every((key) => !key.includes('/') || folderOf(key) === root.join('/'));
  const above = single ? root.slice(0, -1) : root;
  const inside = keys.map((key) => ({ key, folders: folderOf(key).split('/').slice(above.length) }));
  const tops = new Set(inside.flatMap(({ folders }) => folders.slice(0, 1)).filter((top) => top !== ''));
  const parts = [...tops].map(partOfName);
  const divided = parts.includes('train') && parts.every((part) => part !== undefined);
  const listing = emptyListing();
  for (const { key, folders } of inside) {
    const [top, ...below] = folders;
    const label = divided ? below[0] : top;
    const part = (divided && top !== undefined && partOfName(top)) || 'train';
    if (label === undefined || label === '')
      listing.skipped.push(unlabelled(key, 'it lies in no class folder'));
    else listing.images.push({ key, label, part, track: trackOf(key) } satisfies ListedImage);
  }
  return listing;
}

/** The longest beginning that all have in common, null where there are none. */
function commonFolder(folders: readonly string[][]): string[] | null {
  const [first, ...rest] = folders;
  if (!first) return null;
  return rest.reduce((common, folder) => {
    const differs = common.findIndex((name, at) => folder[at] !== name);
    return differs < 0 ? common : common.slice(0, differs);
  }, first);
}

function trackOf(key: string): string | null {
  const track = trackOfName(key);
  return track === null ? null : path.posix.join(folderOf(key), track);
}
