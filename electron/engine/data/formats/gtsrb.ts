import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import type { Part } from '../../../contract/parts.ts';
import { resource } from '../../../platform/resources.ts';
import { folderOf, nearest, type Source } from '../source/source.ts';
import { readClassNames } from './class-names.ts';
import {
  type DatasetFormat,
  emptyListing,
  type Listing,
  missing,
  trackOfName,
  unlabelled,
} from './format.ts';
import { columnOf, parseTable } from './table.ts';

/**
 * The German Traffic Sign Recognition Benchmark as its authors publish it: a folder per class, named by five digits,
 * with a table GT-<class>.csv for training; one folder and one table GT-final_test.csv for testing. Both may lie at any
 * depth. Images are used whole: the tables' sizes and regions of interest are not read.
 */
export const gtsrb: DatasetFormat<'gtsrb'> = {
  name: 'gtsrb',
  list: async ({ source, images, table: named }) => {
    if (named !== null) return null;
    const training = nearest(trainingFolders(source.keys, images), 'GTSRB training images');
    const testing = nearest(
      images.flatMap((key) => /^(?:.*\/)?Final_Test\/Images(?=\/[^/]+$)/.exec(key) ?? []),
      'GTSRB test images',
    );
    const tables = source.keys.filter((key) => /(^|\/)GT-final_test\.csv$/i.test(key));
    const tableFolder = nearest(tables.map(folderOf), 'tables GT-final_test.csv');
    const table = tables.find((key) => folderOf(key) === tableFolder);
    if (training === null && testing === null && table === undefined) return null;

    const classNames = await readClassNames(resource('class-names', 'gtsrb.csv'));
    const listing = emptyListing(classNames);
    if (training !== null) await listTraining(source, images, training, listing);
    // Without images in their usual place, they lie beside their table.
    const testFolder = testing ?? tableFolder;
    if (testFolder !== null) {
      const files = images.filter((key) => folderOf(key) === testFolder);
      await listFolder(source, { folder: testFolder, files, table, part: 'test' }, listing);
    }
    return listing;
  },
};

function trainingFolders(keys: readonly string[], images: readonly string[]): string[] {
  const inPlace = images.flatMap(
    (key) => /^((?:.*\/)?Final_Training\/Images)\/\d{5}\/[^/]+$/.exec(key)?.[1] ?? [],
  );
  const withTable = keys.filter((key) => trainingTable.test(key)).map((key) => folderOf(folderOf(key)));
  return [...inPlace, ...withTable];
}

/** The table of one class: 00014/GT-00014.csv. */
const trainingTable = /(^|\/)(\d{5})\/GT-\2\.csv$/i;

async function listTraining(
  source: Source,
  images: readonly string[],
  root: string,
  listing: Listing,
): Promise<void> {
  const tables = new Map(
    source.keys.filter((key) => trainingTable.test(key)).map((key) => [folderOf(key), key]),
  );
  const filesIn = new Map([...tables.keys()].map((folder): [string, string[]] => [folder, []]));
  for (const key of images) {
    const files = filesIn.get(folderOf(key));
    if (files) files.push(key);
    else filesIn.set(folderOf(key), [key]);
  }
  for (const [folder, files] of filesIn) {
    const name = path.posix.basename(folder);
    if (folderOf(folder) !== root || !/^\d{5}$/.test(name)) continue;
    await listFolder(source, { folder, files, table: tables.get(folder), part: 'train' }, listing);
  }
}

interface Folder {
  folder: string;
  files: readonly string[];
  table: string | undefined;
  part: Part;
}

/** Adds the images of one folder to the listing, labelled by its table; a class folder without a table labels them itself. */
async function listFolder(
  source: Source,
  { folder, files, table, part }: Folder,
  listing: Listing,
): Promise<void> {
  const labels = table === undefined ? null : await readLabels(source, table);
  if (table !== undefined) listing.used.push(table);
  const name = path.posix.basename(folder);
  for (const key of files) {
    const label = labels ? labels.get(path.posix.basename(key)) : part === 'train' ? name : undefined;
    const number = part === 'train' ? trackOfName(key) : null;
    if (label !== undefined)
      listing.images.push({ key, label, part, track: number === null ? null : `${name}/${number}` });
    else
      listing.skipped.push(
        unlabelled(key, table === undefined ? 'there is no GT-final_test.csv' : `not named by ${table}`),
      );
  }
  const there = new Set(files.map((key) => path.posix.basename(key)));
  for (const file of labels?.keys() ?? []) {
    if (!there.has(file)) listing.skipped.push(missing(path.posix.join(folder, file), table!));
  }
}

async function readLabels(source: Source, key: string): Promise<Map<string, string>> {
  const table = parseTable(await source.read(key), key);
  const file = columnOf(table, ['filename']);
  const label = columnOf(table, ['classid']);
  if (file < 0 || label < 0) {
    throw new DistillError(
      'INVALID_INPUT',
      `The table "${key}" has no columns Filename and ClassId.`,
      "Use GTSRB's own table.",
    );
  }
  return new Map(table.rows.map((row) => [row[file] ?? '', row[label] ?? '']));
}
