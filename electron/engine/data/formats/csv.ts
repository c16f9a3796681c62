import path from 'node:path';
import { DistillError } from '../../../contract/errors.ts';
import type { Part } from '../../../contract/recipe.ts';
import { depth, folderOf, nearest, type Source } from '../source/source.ts';
import {
  type DatasetFormat,
  emptyListing,
  type Listing,
  missing,
  trackOfName,
  unlabelled,
} from './format.ts';
import { partOfName } from './parts.ts';
import { columnOf, parseTable, type Table } from './table.ts';

/** Headings in lower case, without blanks, dashes and underscores; the first that occurs is taken. */
const headings = {
  file: ['file', 'filename', 'filepath', 'path', 'image', 'imagepath', 'imagename'],
  label: ['label', 'classid', 'class', 'category', 'classname', 'target'],
  part: ['split', 'part', 'set', 'subset'],
  track: ['track', 'trackid'],
};

/** A table is looked for among this many CSVs at most. */
const maxTables = 64;

interface LabelTable {
  key: string;
  table: Table;
  file: number;
  label: number;
}

interface Row {
  file: string;
  key: string | undefined;
  label: string;
  part: Part;
  track: string | null;
  table: string;
}

/**
 * A CSV (or train.csv and test.csv side by side) that names each image and its label, perhaps its part and its track.
 * Paths are relative to the table's folder or to the dataset's; a bare file name may lie in any folder if it is the
 * only one of that name. A track is a track of its label: tables that count tracks anew in each class are common.
 */
export const csv: DatasetFormat = {
  name: 'csv',
  list: async ({ source, images, table }) => {
    const tables = table === null ? await findTables(source) : [await readTable(source, table)];
    if (table !== null && tables[0] === null) {
      const hint = 'Give it a header with the columns file and label.';
      throw new DistillError(
        'INVALID_INPUT',
        `The table "${table}" has no columns for file and label.`,
        hint,
      );
    }
    const found = tables.filter((one) => one !== null);
    const locate = locator(images);
    const rows = found.flatMap((one) => rowsOf(one, locate));
    if (table === null && !rows.some(({ key }) => key !== undefined)) return null;
    return listRows(
      images,
      rows,
      found.map(({ key }) => key),
    );
  },
};

async function readTable(source: Source, key: string): Promise<LabelTable | null> {
  const table = parseTable(await source.read(key), key);
  const file = columnOf(table, headings.file);
  const label = columnOf(table, headings.label);
  return file < 0 || label < 0 ? null : { key, table, file, label };
}

/** The tables of labels nearest to the root. Where some are named after a part, only those count. */
async function findTables(source: Source): Promise<LabelTable[]> {
  const keys = source.keys.filter((key) => /\.(csv|tsv)$/i.test(key)).sort((a, b) => depth(a) - depth(b));
  const found: LabelTable[] = [];
  for (const key of keys.slice(0, maxTables)) {
    if (found[0] && depth(key) > depth(found[0].key)) break;
    // A CSV that cannot be parsed is no table of labels; one that a person names is reported instead.
    const table = await readTable(source, key).catch(() => null);
    if (table) found.push(table);
  }
  const home = nearest(
    found.map(({ key }) => folderOf(key)),
    'tables of labels',
  );
  const here = found.filter(({ key }) => folderOf(key) === home);
  const byPart = here.filter(({ key }) => partOfTable(key) !== undefined);
  if (byPart.length > 0) return byPart;
  if (here.length > 1) {
    const names = here.map(({ key }) => `"${key}"`).join(', ');
    throw new DistillError(
      'INVALID_INPUT',
      `There are several tables of labels: ${names}.`,
      'Name the one that you mean.',
    );
  }
  return here;
}

const partOfTable = (key: string): Part | undefined => partOfName(path.posix.parse(key).name);

function rowsOf(
  { key: tableKey, table, file, label }: LabelTable,
  locate: ReturnType<typeof locator>,
): Row[] {
  const partColumn = columnOf(table, headings.part);
  const trackColumn = columnOf(table, headings.track);
  return table.rows.map((row) => {
    const name = row[file] ?? '';
    const key = locate(name, folderOf(tableKey));
    const text = row[label] ?? '';
    const track = row[trackColumn] ?? (key === undefined ? null : trackOfName(key));
    const part = partOfName(row[partColumn] ?? '') ?? partOfTable(tableKey) ?? 'train';
    return {
      file: name,
      key,
      label: text,
      part,
      track: track === null || track === '' ? null : `${text}/${track}`,
      table: tableKey,
    };
  });
}

function listRows(images: readonly string[], rows: readonly Row[], tables: readonly string[]): Listing {
  const listing = emptyListing();
  listing.used = [...tables];
  const labels = new Map<string, string>();
  for (const { file, key, label, part, track, table } of rows) {
    if (key === undefined) {
      listing.skipped.push(missing(file, table));
      continue;
    }
    const earlier = labels.get(key);
    labels.set(key, earlier ?? label);
    if (earlier !== undefined) {
      const detail = `named again, as "${label}"; its first row says "${earlier}" and counts`;
      if (earlier !== label) listing.skipped.push({ file: key, reason: 'duplicate', detail });
    } else if (label === '') listing.skipped.push(unlabelled(key, `its row in ${table} has no label`));
    else listing.images.push({ key, label, part, track });
  }
  for (const key of images) {
    if (!labels.has(key)) listing.skipped.push(unlabelled(key, `not named by ${tables.join(', ')}`));
  }
  return listing;
}

/** Finds the key that a table's cell means. Unicode is compared composed: macOS stores names decomposed. */
function locator(keys: readonly string[]): (file: string, folder: string) => string | undefined {
  const exact = new Map(keys.map((key) => [key.normalize('NFC'), key]));
  const byName = new Map<string, string | null>();
  for (const key of keys) {
    const name = path.posix.basename(key).normalize('NFC');
    byName.set(name, byName.has(name) ? null : key);
  }
  return (file, folder) => {
    const name = file.replaceAll('\\', '/').normalize('NFC');
    return (
      exact.get(path.posix.join(folder, name)) ??
      exact.get(path.posix.normalize(name)) ??
      byName.get(name) ??
      undefined
    );
  };
}
