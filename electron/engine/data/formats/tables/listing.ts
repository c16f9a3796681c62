import type { FolderReading, TableReading } from '../../../../contract/dataset.ts';
import type { Part } from '../../../../contract/parts.ts';
import { folderOf } from '../../source/source.ts';
import { emptyListing, type Listing, missing, trackOfName, unlabelled } from '../format.ts';
import { columnNames, type Found, listed } from './columns.ts';
import { partOfKey } from './find.ts';
import { chosenNames, type Row, type TableRows } from './read.ts';

/** What the rows of tables come to. The first row of an image counts. */
export function listTables(tables: readonly TableRows[], images: readonly string[]): Listing {
  const listing = emptyListing();
  listing.used = tables.map(({ key }) => key);
  listing.reading.table = readingOf(tables);
  listing.reading.notes = tables.flatMap(({ key, notes }) => notes.map((note) => `${key}: ${note}.`));
  const folders = partFolders(tables);
  listing.reading.parts = folders;
  const folderPart = folders.length > 0;
  const labels = new Map<string, string>();
  for (const table of tables) {
    for (const row of table.rows) {
      const { key, label, part } = row;
      if (key === undefined) {
        listing.skipped.push(notThere(row, table.key));
        continue;
      }
      const earlier = labels.get(key);
      labels.set(key, earlier ?? label);
      if (earlier !== undefined) {
        const detail = `named again, as "${label}"; the label of its first row, "${earlier}", is used`;
        if (earlier !== label) listing.skipped.push({ file: key, reason: 'duplicate', detail });
      } else if (label === '') listing.skipped.push(unlabelled(key, `its row in ${table.key} has no label`));
      else {
        const inFolder = folderPart ? partOfKey(folderOf(key)) : null;
        listing.images.push({ key, label, part: part ?? inFolder ?? 'train', track: trackOf(row, key) });
      }
    }
  }
  const names = listing.used.join(', ');
  for (const key of images)
    if (!labels.has(key)) listing.skipped.push(unlabelled(key, `not named by ${names}`));
  return listing;
}

/** A track is a track of its label: tables that number tracks per class are common. */
function trackOf({ label, track }: Row, key: string): string | null {
  const name = track ?? trackOfName(key);
  return name === null || name === '' ? null : `${label}/${name}`;
}

function notThere({ file, among }: Row, table: string): Listing['skipped'][number] {
  if (among === null) return missing(file, table);
  return { file, reason: 'missing', detail: `named by ${table}, and several files fit: ${listed(among)}` };
}

/** Folders called after parts, where no table gives parts and the images of its rows lie in several of them. */
function partFolders(tables: readonly TableRows[]): FolderReading[] {
  const counts = new Map<string, { part: Part; images: number }>();
  for (const { rows } of tables) {
    for (const { key, part } of rows) {
      if (part !== null) return [];
      if (key === undefined) continue;
      const folder = partFolderOf(key);
      const inside = folder === null ? null : partOfKey(folder);
      if (folder === null || inside === null) continue;
      const count = counts.get(folder) ?? { part: inside, images: 0 };
      counts.set(folder, { ...count, images: count.images + 1 });
    }
  }
  const found = [...counts].map(([folder, count]) => ({ folder, ...count, why: 'by its name' }));
  const isDivided =
    found.some(({ part }) => part === 'train') && new Set(found.map(({ part }) => part)).size > 1;
  return isDivided ? found : [];
}

/** The topmost folder that is called after a part, by its path. */
function partFolderOf(key: string): string | null {
  const folders = folderOf(key).split('/');
  const at = folders.findIndex((name) => partOfKey(name) !== null);
  return at < 0 ? null : folders.slice(0, at + 1).join('/');
}

const previewRows = 5;
const mostColumns = 40;
const mostCharacters = 120;

function readingOf(tables: readonly TableRows[]): TableReading | null {
  const [first] = tables;
  if (!first) return null;
  const chosen = chosenNames(first);
  return {
    file: tables.map(({ key }) => key).join(', '),
    columns: columnNames(first.table).slice(0, mostColumns),
    preview: first.table.rows
      .slice(0, previewRows)
      .map((row) => row.slice(0, mostColumns).map((cell) => cell.slice(0, mostCharacters))),
    chosen: { ...chosen, label: 'at' in first.columns.label ? chosen.label : null },
    how: howOf(tables),
  };
}

const ways: Record<Found, string> = {
  asked: 'by the recipe',
  name: 'by its name',
  content: 'by what it holds',
};

/** How the columns were found, and how many rows name an image. */
function howOf(tables: readonly TableRows[]): string {
  const { columns, table } = tables[0]!;
  const names = columnNames(table);
  const found = [`"${names[columns.file]!}" for the file (${ways[columns.how.file]})`];
  if ('at' in columns.label)
    found.push(`"${names[columns.label.at]!}" for the label (${ways[columns.how.label]})`);
  else found.push(`${listed(columns.label.oneHot.map((at) => names[at]!))} with a 1 for the label`);
  if (columns.part !== null && columns.how.part !== null)
    found.push(`"${names[columns.part]!}" for the part (${ways[columns.how.part]})`);
  const rows = tables.reduce((sum, one) => sum + one.rows.length, 0);
  const matched = tables.reduce((sum, one) => sum + one.matched, 0);
  return `Columns: ${found.join(', ')}. ${matched} of ${rows} rows name an image.`;
}
