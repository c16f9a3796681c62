import path from 'node:path';
import type { FolderReading } from '../../../contract/dataset.ts';
import type { Part } from '../../../contract/parts.ts';
import { compareNaturally, folderOf } from '../source/source.ts';
import { type Folder, folderTree, imagesBelow } from './folder-tree.ts';
import { type DatasetFormat, emptyListing, type Listing, trackOfName, unlabelled } from './format.ts';
import { findLayout, type Layout } from './layout.ts';
import { content, shareClasses } from './part-folders.ts';
import { applyPartLists } from './part-lists.ts';
import { leftOut, nearestAssigned, byRecipe, type Assignment, assignedBy } from './assigned.ts';

/**
 * A folder per class, perhaps below folders of the parts (train/, seg_test/) or above them, perhaps all inside further
 * folders. What is below a class folder belongs to the class; frames named as GTSRB names them form tracks. Folders whose
 * layout gives no class leave all images unlabelled. Lists of images beside them may give parts.
 */
export const classFolders: DatasetFormat<'class-folders'> = {
  name: 'class-folders',
  list: async (given) => {
    const { source, images, reading } = given;
    if (images.length === 0) return null;
    const listing = listFolders(source.keys, images, reading);
    if (given.readsLists) await applyPartLists(listing, given);
    return listing;
  },
};

function listFolders(
  keys: readonly string[],
  images: readonly string[],
  reading: Parameters<typeof assignedBy>[0],
): Listing {
  const assigned = assignedBy(reading);
  const assignmentOf = nearestAssigned(assigned);
  const used = images.filter((key) => assignmentOf(key)?.part !== 'ignore');
  const layout = findLayout(folderTree(used), assigned);
  const listing = emptyListing();
  const taken = new Set([...layout.parts, ...layout.classes, ...layout.ignored].map(({ folder }) => folder));
  const counts = new Map<Folder, number>();
  const add = (of: Folder, top: Folder, label: string, part: Part) => {
    const keys = imagesBelow(top, taken);
    for (const key of keys) listing.images.push({ key, label, part, track: trackOf(key) });
    counts.set(of, (counts.get(of) ?? 0) + keys.length);
  };
  for (const { folder, part } of layout.parts) {
    for (const one of content(folder).children.values())
      if (!taken.has(one)) add(folder, one, one.name, part);
  }
  for (const { folder, label, part } of layout.classes) add(folder, folder, label, part);
  for (const { folder, why } of layout.ignored) {
    for (const file of imagesBelow(folder, taken)) {
      const detail = `nothing of "${folder.path}" is used: ${why}`;
      listing.skipped.push({ file, reason: 'not-used', detail });
    }
  }
  listing.reading.parts = layout.isDivided ? partsOf(layout, counts) : [];
  listing.reading.notes = [
    ...layout.notes,
    ...withoutClasses(layout, counts),
    ...foldersInClasses(layout),
    ...foldersWithoutImages(layout, keys),
  ];
  skipRest(listing, used);
  addLeftOut(listing, images, assignmentOf);
  return listing;
}

function partsOf({ parts, classes, ignored }: Layout, counts: ReadonlyMap<Folder, number>): FolderReading[] {
  const inner = classes.filter(({ folder, label }) => folder.name !== label);
  const read = [
    ...parts,
    ...inner.map(({ folder, part }) => ({
      folder,
      part,
      why: 'by its name, inside a class folder',
    })),
  ].map(({ folder, part, why }) => ({ folder: folder.path, part, images: counts.get(folder) ?? 0, why }));
  const unread = ignored.map(({ folder, why }) => {
    return { folder: folder.path, part: 'ignore' as const, images: folder.images, why };
  });
  return [...read, ...unread].sort((a, b) => compareNaturally(a.folder, b.folder));
}

/** Parts without class folders, as the test part of a competition: their images have no labels. */
const withoutClasses = ({ parts }: Layout, counts: ReadonlyMap<Folder, number>): string[] =>
  parts
    .filter(({ folder }) => !counts.has(folder))
    .map(({ folder }) => {
      const where = folder.path === '' ? 'The dataset' : `The folder "${folder.path}"`;
      return `${where} holds no class folders, so its ${folder.images} images have no labels: none of them is used.`;
    });

/** Folders below class folders, of which the first is an example. */
function foldersInClasses({ parts }: Layout): string[] {
  for (const { folder } of parts) {
    const [first, ...others] = content(folder).children.values();
    const alike = first && others.find((other) => shareClasses(first, other));
    if (alike)
      return [
        `The folders "${first.path}" and "${alike.path}" are taken for classes, although both hold folders of the same names. If those are the classes, state which part each outer folder holds.`,
      ];
    for (const one of content(folder).children.values()) {
      const [inner] = one.children.values();
      if (inner)
        return [
          `Folders inside a class folder belong to that class: the images in "${inner.path}" are of the class "${one.name}".`,
        ];
    }
  }
  return [];
}

/** Folders that lie where class folders lie, but hold no image. */
function foldersWithoutImages({ parts }: Layout, keys: readonly string[]): string[] {
  const homes = new Map(parts.map(({ folder }) => [content(folder).path, content(folder)]));
  const empty = new Set<string>();
  for (const folder of new Set(keys.map(folderOf))) {
    for (const [home, { children }] of homes) {
      const start = home === '' ? 0 : home.length + 1;
      if (folder.length <= start || (home !== '' && !folder.startsWith(`${home}/`))) continue;
      const end = folder.indexOf('/', start);
      const name = folder.slice(start, end < 0 ? undefined : end);
      if (!children.has(name.normalize('NFC'))) empty.add(folder.slice(0, start) + name);
    }
  }
  if (empty.size === 0) return [];
  const named = [...empty].slice(0, 5).map((folder) => `"${folder}"`);
  const more = empty.size - named.length;
  const which = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    empty.size === 1
      ? `The folder ${which} beside the class folders holds no image that can be read: it is not a class.`
      : `The folders ${which} beside the class folders hold no images that can be read: they are not classes.`,
  ];
}

function skipRest(listing: Listing, used: readonly string[]): void {
  const known = new Set([
    ...listing.images.map(({ key }) => key),
    ...listing.skipped.map(({ file }) => file),
  ]);
  for (const key of used)
    if (!known.has(key)) listing.skipped.push(unlabelled(key, 'it is not in a class folder'));
}

function addLeftOut(
  listing: Listing,
  images: readonly string[],
  assignmentOf: (key: string) => Assignment | undefined,
): void {
  const counts = new Map<string, number>();
  for (const key of images) {
    const assignment = assignmentOf(key);
    if (assignment?.part !== 'ignore') continue;
    listing.skipped.push(leftOut(key));
    counts.set(assignment.folder, (counts.get(assignment.folder) ?? 0) + 1);
  }
  for (const [folder, count] of counts)
    listing.reading.parts.push({ folder, part: 'ignore', images: count, why: byRecipe });
}

function trackOf(key: string): string | null {
  const track = trackOfName(key);
  return track === null ? null : path.posix.join(folderOf(key), track);
}
