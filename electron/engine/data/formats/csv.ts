import { isList } from '../source/source.ts';
import type { ToRead } from '../source/given.ts';
import { classFolders } from './class-folders.ts';
import type { DatasetFormat, Listing } from './format.ts';
import { parseTable } from './table.ts';
import { listBesideFolders } from './tables/beside-folders.ts';
import { chooseTables, type ChosenTables } from './tables/choose.ts';
import { filesOf } from './tables/files.ts';
import { findTables, partOfTable } from './tables/find.ts';
import { listTables } from './tables/listing.ts';
import { readRows, type TableRows } from './tables/read.ts';
import { noneMatches, refusedTable } from './tables/refusals.ts';

/**
 * A table (or one for each part, side by side) that names each image and its label, perhaps its part and its track. Paths
 * are relative to the table's folder or to the dataset's, or have folders more or fewer; columns are found by their
 * headings, else by what they hold. Images that no table names may be labelled by class folders where the tables label none to
 * train on. A table that cannot be used is an error, unless class folders label the images.
 */
export const csv: DatasetFormat<'csv'> = {
  name: 'csv',
  list: async (given) => {
    const { source, images, table, reading, refusals } = given;
    const files = filesOf(images);
    if (table !== null) {
      const parsed = parseTable(await source.read(table), table);
      const read = readRows({ key: table, table: parsed, part: partOfTable(table) }, reading.columns, files);
      if ('why' in read) throw refusedTable(read);
      if (read.matched === 0) throw noneMatches(read, images);
      return listTables([read], images);
    }
    const found = await findTables(source, reading.columns, files);
    for (const [key, why] of found.reasons) refusals.set(key, why);
    if (found.usable.length > 0) {
      const chosen = await chooseOrFolders(found.usable, given);
      if (!chosen) return null;
      const { tables, reasons, notes } = chosen;
      for (const [key, why] of reasons) refusals.set(key, why);
      const joined = await listBesideFolders(tables, given);
      if (joined === 'strangers') {
        for (const { key } of tables)
          refusals.set(key, 'a table whose labels are not the names of the class folders');
        return null;
      }
      const listing = joined ?? listTables(tables, images);
      listing.reading.notes = [...notes, ...listing.reading.notes];
      return listing;
    }
    const [problem] = found.problems;
    if (!problem || haveClasses(await classFolders.list(given))) return null;
    throw problem;
  },
};

/** Of lists that are equally good, such as one of boxes in each class folder, none is taken where folders give classes; null. */
async function chooseOrFolders(usable: readonly TableRows[], given: ToRead): Promise<ChosenTables | null> {
  try {
    return chooseTables(usable);
  } catch (thrown) {
    const isSpare = usable.every(({ key }) => isList(key)) && haveClasses(await classFolders.list(given));
    if (!isSpare) throw thrown;
    for (const { key } of usable)
      given.refusals.set(key, 'one of several lists of labels; the folders were taken for the classes');
    return null;
  }
}

/** Whether folders tell two classes or more apart. */
const haveClasses = (listing: Listing | null): boolean =>
  new Set(listing?.images.map(({ label }) => label)).size > 1;
