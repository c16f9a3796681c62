import path from 'node:path';
import { DistillError } from '../../../../contract/errors.ts';
import type { Part } from '../../../../contract/parts.ts';
import { hasImageEnding } from '../../image.ts';
import { compareKeys, depth, folderOf, isList, isTable, type Source } from '../../source/source.ts';
import { onlyOf, partOfName, partsInWords } from '../parts.ts';
import { parseTable } from '../table.ts';
import type { AskedColumns } from './columns.ts';
import type { Files } from './files.ts';
import { readRows, type RefusedTable, type TableRows } from './read.ts';
import { noneMatches, refusedTable, whyNoneMatches } from './refusals.ts';

/** Tables are looked for among this many files at most. */
const maxTables = 64;

/** The tables of a dataset: those whose rows name images and labels, and the others with the reason. */
export interface FoundTables {
  usable: TableRows[];
  /** What is wrong with tables that are meant to label images. */
  problems: DistillError[];
  /** By key, a clause each. */
  reasons: Map<string, string>;
}

export async function findTables(
  source: Pick<Source, 'keys' | 'read'>,
  asked: AskedColumns,
  files: Files,
): Promise<FoundTables> {
  const found: FoundTables = { usable: [], problems: [], reasons: new Map() };
  // A picture may have any name.
  const images = new Set(files.keys);
  const keys = source.keys
    .filter((key) => isTable(key) && !images.has(key))
    .sort((a, b) => rank(a) - rank(b) || compareKeys(a, b));
  for (const key of keys.slice(0, maxTables)) {
    if (isForm(key)) {
      found.reasons.set(key, 'a submission form, whose labels are placeholders');
      continue;
    }
    if (isVoc(key)) {
      found.reasons.set(key, 'a Pascal VOC list of the objects in each image');
      continue;
    }
    try {
      const table = parseTable(await source.read(key), key);
      const read = readRows({ key, table, part: partOfTable(key) }, asked, files);
      if (!('why' in read) && read.matched > 0) {
        found.usable.push(read);
        continue;
      }
      if ('why' in read && isPartList(read)) {
        found.reasons.set(key, partListReason);
        continue;
      }
      const isMeant = speaksOfImages(read);
      if (isMeant) found.problems.push('why' in read ? refusedTable(read) : noneMatches(read, files.keys));
      const why = 'why' in read ? read.why : whyNoneMatches(read, files.keys);
      if (isMeant || !isList(key)) found.reasons.set(key, `a table that ${why}`);
    } catch (thrown) {
      if (!(thrown instanceof DistillError)) throw thrown;
      if (isList(key)) continue;
      found.problems.push(thrown);
      found.reasons.set(key, thrown.message.replace(/\.$/, ''));
    }
  }
  for (const key of keys.slice(maxTables))
    found.reasons.set(key, `not looked at: the dataset has more than ${maxTables} tables`);
  return found;
}

/** Tables before lists, those near the root before those far below. */
const rank = (key: string): number => depth(key) + (isList(key) ? 1000 : 0);

/** The form for predictions that Kaggle puts beside its tables. */
const isForm = (key: string): boolean => /submission/i.test(path.posix.basename(key));

const isVoc = (key: string): boolean => /(^|\/)ImageSets\//i.test(key) && isList(key);

/** The part that a whole table stands for: by its own name (train.csv, labels_train.csv), else by its folder's. */
export function partOfTable(key: string): Part | null {
  const named = partsInWords(path.posix.parse(key).name);
  return named.size === 0 ? partOfKey(folderOf(key)) : onlyOf(named);
}

/** The part that one of the folders is called after; null where none is. */
export function partOfKey(folders: string): Part | null {
  for (const name of folders.split('/')) {
    const part = partOfName(name);
    if (part !== undefined) return part;
  }
  return null;
}

/** Names of images and nothing else, as meta/train.txt beside class folders. */
const isPartList = ({ key, lacks, matched, table }: RefusedTable): boolean =>
  isList(key) && lacks === 'label' && matched >= 0.5 && table.header.length === 1;
const partListReason =
  'a list of images without labels; to divide the images of class folders by it, assign it to a part in data.reading.parts';

/** Whether a table that cannot be used is meant to label images: some are named in it, or it has the columns for it. */
function speaksOfImages(read: RefusedTable | TableRows): boolean {
  if (read.table.rows.length < 2) return false;
  const hasImageCells = read.table.rows.slice(0, 20).some((row) => row.some((cell) => hasImageEnding(cell)));
  if (isList(read.key)) return hasImageCells;
  if ('why' in read) return hasImageCells || read.matched >= 0.5;
  return hasImageCells || (read.columns.how.file !== 'content' && read.columns.how.label !== 'content');
}
