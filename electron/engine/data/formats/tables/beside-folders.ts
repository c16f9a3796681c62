import type { FolderReading } from '../../../../contract/dataset.ts';
import { folderOf } from '../../source/source.ts';
import type { ToRead } from '../../source/given.ts';
import { classFolders } from '../class-folders.ts';
import type { Listing } from '../format.ts';
import { listTables } from './listing.ts';
import type { TableRows } from './read.ts';

/** Folders that the report names; images that lie in more are named by their table alone. */
const mostFolders = 20;

/**
 * Tables of validation or test images alone, beside class folders that label those to train on, as in Tiny ImageNet: together
 * they are the dataset. null where the tables stand for themselves; 'strangers' where their labels are not the folders' names.
 */
export async function listBesideFolders(
  tables: readonly TableRows[],
  given: ToRead,
): Promise<Listing | 'strangers' | null> {
  const rows = tables.flatMap((table) => table.rows).filter(({ key }) => key !== undefined);
  if (rows.some(({ part }) => part === null || part === 'train')) return null;
  const named = new Set(rows.map(({ key }) => key));
  const folders = await classFolders.list({
    ...given,
    images: given.images.filter((key) => !named.has(key)),
  });
  const trained = folders?.images.filter(({ part }) => part === 'train') ?? [];
  const classes = new Set(trained.map(({ label }) => label.normalize('NFC')));
  if (!folders || classes.size < 2) return null;
  const labels = [...new Set(rows.map(({ label }) => label.normalize('NFC')))];
  if (labels.filter((label) => classes.has(label)).length * 2 < labels.length) return 'strangers';

  const inFolders = new Set(folders.images.map(({ key }) => key));
  const listing = listTables(
    tables,
    given.images.filter((key) => !inFolders.has(key)),
  );
  const known = new Set(listing.skipped.map(({ file }) => file));
  return {
    ...folders,
    images: [...folders.images, ...listing.images],
    skipped: [...listing.skipped, ...folders.skipped.filter(({ file }) => !known.has(file))],
    used: listing.used,
    reading: {
      parts: [...folders.reading.parts, ...partsOf(listing)],
      table: listing.reading.table,
      notes: [...listing.reading.notes, ...folders.reading.notes],
    },
  };
}

/** The folders of the images that tables name. */
function partsOf({ images, used }: Listing): FolderReading[] {
  const found = new Map<string, FolderReading>();
  const why = `its images are named by ${used.join(', ')}`;
  for (const { key, part } of images) {
    const folder = folderOf(key);
    const known = found.get(folder);
    if (known) known.images++;
    else found.set(folder, { folder, part, images: 1, why });
  }
  return found.size > mostFolders ? [] : [...found.values()];
}
