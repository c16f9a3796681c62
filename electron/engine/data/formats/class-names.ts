import { DistillError } from '../../../contract/errors.ts';
import { readWholeFile } from '../../../platform/files.ts';
import { compareNaturally, maxFileBytes } from '../source/source.ts';
import { columnOf, parseTable } from './table.ts';

export interface ClassName {
  id: string;
  name: string;
}

/** The classes of a dataset in the order of the networks' outputs. */
export interface Vocabulary {
  classes: string[];
  /** The class that a label means; undefined where the vocabulary lacks it. */
  indexOf(label: string): number | undefined;
}

/**
 * Reads a CSV with the columns ClassId and SignName (or id and name).
 * Throws NOT_FOUND, or INVALID_INPUT where a column is missing, a name is empty or an id comes twice.
 */
export async function readClassNames(file: string): Promise<ClassName[]> {
  const invalid = (why: string) =>
    new DistillError(
      'INVALID_INPUT',
      `The class names "${file}" ${why}.`,
      'Write a CSV with the header ClassId,SignName and one row a class.',
    );
  const bytes = await readWholeFile(file, maxFileBytes, () => invalid('are larger than any table of names'));
  const table = parseTable(bytes, file);
  const id = columnOf(table, ['classid', 'id', 'class', 'label']);
  const name = columnOf(table, ['signname', 'classname', 'name', 'title']);
  if (id < 0 || name < 0) throw invalid('have no columns ClassId and SignName');
  const names = table.rows.map((row) => ({ id: row[id] ?? '', name: row[name] ?? '' }));
  if (names.length === 0) throw invalid('have no rows');
  const ids = new Set<string>();
  for (const row of names) {
    if (row.id === '' || row.name === '') throw invalid('have a row without an id or a name');
    if (ids.has(sameName(row.id))) throw invalid(`list class ${row.id} twice`);
    ids.add(sameName(row.id));
  }
  return names;
}

/** Given names decide: their rows, in order of id, are the classes; a label may be an id (00014 is 14) or a name. */
export function namedVocabulary(names: readonly ClassName[]): Vocabulary {
  const ordered = inOrder(names, ({ id }) => id);
  const byName = new Map(ordered.map(({ name }, index) => [sameName(name), index]));
  const byId = new Map(ordered.map(({ id }, index) => [sameName(id), index]));
  return {
    classes: ordered.map(({ name }) => name),
    indexOf: (label) => byId.get(sameName(label)) ?? byName.get(sameName(label)),
  };
}

/** Without names the labels that occur are the classes: by number where all are integers (01 is 1, 1.0 is 1), else naturally. */
export function occurringVocabulary(labels: Iterable<string>): Vocabulary {
  const distinct = [...new Set([...labels].map(composed))];
  const areNumbers = distinct.every(isWhole);
  const same = areNumbers ? sameName : composed;
  const byLabel = new Map<string, string>();
  for (const label of inOrder(distinct, (text) => text))
    if (!byLabel.has(same(label))) byLabel.set(same(label), areNumbers ? withoutPoint(label) : label);
  const index = new Map([...byLabel.keys()].map((label, at) => [label, at]));
  return { classes: [...byLabel.values()], indexOf: (label) => index.get(same(label)) };
}

/** The classes that a run has, in its order; labels are understood as `found` understands them, then found by name. */
export function storedVocabulary(stored: readonly { name: string }[], found: Vocabulary): Vocabulary {
  const index = new Map(stored.map(({ name }, at) => [sameName(name), at]));
  return {
    classes: stored.map(({ name }) => name),
    indexOf: (label) => {
      const at = found.indexOf(label);
      return at === undefined ? undefined : index.get(sameName(found.classes[at]!));
    },
  };
}

const composed = (text: string): string => text.normalize('NFC');

/** 14 and 14.0, as pandas writes it. */
const isWhole = (text: string): boolean => /^\d+(\.0+)?$/.test(text);

const withoutPoint = (text: string): string => text.replace(/\.0+$/, '');

/** Equal for names and ids that mean one class: 00014 and 14.0 are 14; Unicode is compared composed. */
export function sameName(text: string): string {
  return isWhole(text) ? withoutPoint(text).replace(/^0+(?=\d)/, '') : composed(text);
}

const inOrder = <T>(items: readonly T[], textOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => compareNaturally(textOf(a), textOf(b)));
