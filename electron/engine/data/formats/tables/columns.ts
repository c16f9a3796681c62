import type { ReadingRecipe } from '../../../../contract/recipe/reading.ts';
import { partOfName } from '../parts.ts';
import { columnOf, plainHeading, type Table } from '../table.ts';
import { headings, maybePart, noLabel } from './headings.ts';

export type AskedColumns = ReadingRecipe['columns'];

/** How a column was found. */
export type Found = 'asked' | 'name' | 'content';

/** A column that holds the label, or one column for each class with a 1 in the image's own. */
export type LabelColumn = { at: number } | { oneHot: number[] };

export interface Columns {
  file: number;
  label: LabelColumn;
  part: number | null;
  track: number | null;
  how: { file: Found; label: Found; part: Found | null };
  /** What was guessed and could be meant otherwise, a clause each. */
  notes: string[];
}

/** Why a table's columns cannot be identified: a clause, and what to do. */
export interface Refusal {
  lacks: 'file' | 'label' | 'part' | 'asked';
  why: string;
  hint: string;
}

/** Share of a column's cells that name an image, 0 to 1. */
export type Matching = (column: number) => number;

/** Rows below which a column's values need not come again to be labels. */
const fewRows = 10;

/** What a column is called: its heading, or its number where that is empty or not its own. */
export function columnNames({ header }: Pick<Table, 'header'>): string[] {
  const counts = new Map<string, number>();
  for (const name of header) counts.set(name, (counts.get(name) ?? 0) + 1);
  return header.map((name, at) => (name !== '' && counts.get(name) === 1 ? name : String(at)));
}

/**
 * Finds the columns of file, label and part: those asked for, else by their headings, else by what they hold. Nothing is
 * guessed where two readings are equally likely.
 */
export function findColumns(table: Table, asked: AskedColumns, matching: Matching): Columns | Refusal {
  const names = columnNames(table);
  const given = askedColumns(table, names, asked);
  if ('why' in given) return given;
  const notes: string[] = [];
  const namedLabels = namedColumns(table, headings.label).filter((at) => at !== given.file);
  const labels = given.label === null ? namedLabels : [given.label];
  const file = given.file ?? fileColumn(table, matching, labels);
  if (file === null) return noFile(names);

  const track = columnOf(table, headings.track);
  const taken = new Set([file]);
  if (track >= 0) taken.add(track);
  if (given.label !== null) taken.add(given.label);
  const part = asked.part === '' ? null : (given.part ?? partColumn(table, taken, names, notes));
  if (part !== null && typeof part === 'object') return part;
  if (part !== null) taken.add(part);

  const free = namedLabels.filter((at) => !taken.has(at));
  const label = given.label === null ? labelColumn(table, taken, free, names, notes) : { at: given.label };
  if ('why' in label) return label;
  const found = (at: number, list: readonly string[]): Found =>
    list.includes(plainHeading(table.header[at] ?? '')) ? 'name' : 'content';
  return {
    file,
    label,
    part,
    track: track < 0 || track === file ? null : track,
    how: {
      file: given.file === null ? found(file, headings.file) : 'asked',
      label: given.label !== null ? 'asked' : 'at' in label ? found(label.at, headings.label) : 'content',
      part: part === null ? null : given.part === null ? found(part, headings.part) : 'asked',
    },
    notes,
  };
}

/** The columns that were asked for; null where none was. */
function askedColumns(
  table: Table,
  names: readonly string[],
  { file, label, part }: AskedColumns,
): Record<keyof AskedColumns, number | null> | Refusal {
  const found = { file: -1, label: -1, part: -1 };
  for (const [role, wanted] of [
    ['file', file],
    ['label', label],
    ['part', part],
  ] as const) {
    if (wanted === null || wanted === '') continue;
    found[role] = askedColumn(table, names, wanted);
    if (found[role] < 0)
      return {
        lacks: 'asked',
        why: `has no column "${wanted}"; its columns are ${listed(names)}`,
        hint: 'Name one of its columns, or its number from 0.',
      };
  }
  const orNull = (at: number) => (at < 0 ? null : at);
  return { file: orNull(found.file), label: orNull(found.label), part: orNull(found.part) };
}

/** A column by its heading, as it is written or nearly so, or by its number; -1 where there is none. */
function askedColumn(table: Table, names: readonly string[], wanted: string): number {
  const exact = names.indexOf(wanted);
  if (exact >= 0) return exact;
  const near = columnOf(table, [plainHeading(wanted)]);
  if (near >= 0) return near;
  return /^\d+$/.test(wanted) && Number(wanted) < names.length ? Number(wanted) : -1;
}

function namedColumns(table: Table, wanted: readonly string[]): number[] {
  const plain = table.header.map(plainHeading);
  return wanted
    .flatMap((name) => plain.flatMap((heading, at) => (heading === name ? [at] : [])))
    .filter((at, i, all) => all.indexOf(at) === i);
}

/** By name where its cells match about as many files as any column's do, else the one that matches most. */
function fileColumn(table: Table, matching: Matching, labels: readonly number[]): number | null {
  const named = namedColumns(table, headings.file).filter((at) => !labels.includes(at));
  const scores = table.header.map((_, at) => (labels.includes(at) ? 0 : matching(at)));
  const best = scores.reduce((most, score) => Math.max(most, score), 0);
  if (best === 0) return named[0] ?? null;
  return named.find((at) => scores[at]! >= best / 2) ?? scores.indexOf(best);
}

function partColumn(
  table: Table,
  taken: ReadonlySet<number>,
  names: readonly string[],
  notes: string[],
): number | Refusal | null {
  const free = (at: number) => !taken.has(at);
  for (const at of namedColumns(table, headings.part).filter(free)) {
    const { unknown } = partWords(table, at);
    if (unknown.length === 0) return at;
    return {
      lacks: 'part',
      why: `has the column "${names[at]}", in which ${listed(unknown)} ${unknown.length === 1 ? 'is' : 'are'} no part`,
      hint: 'Write train, validation or test in it, or choose another column for the parts, or none.',
    };
  }
  for (const at of namedColumns(table, maybePart).filter(free)) {
    const { unknown, known } = partWords(table, at);
    if (known > 0 && unknown.length === 0) return at;
    notes.push(`the column "${names[at]}" (${listed(unknown)}) is not taken for parts`);
  }
  const byContent = table.header.findIndex((_, at) => {
    if (!free(at)) return false;
    const { unknown, known } = partWords(table, at);
    return known > 1 && unknown.length === 0;
  });
  return byContent < 0 ? null : byContent;
}

/** Distinct words of a column that are parts, and those that are none; empty cells do not count. */
export function partWords(table: Table, column: number): { known: number; unknown: string[] } {
  const words = [...new Set(table.rows.map((row) => row[column] ?? ''))].filter((word) => word !== '');
  const unknown = words.filter((word) => partOfName(word) === undefined);
  return { known: words.length - unknown.length, unknown };
}

function labelColumn(
  table: Table,
  taken: ReadonlySet<number>,
  named: readonly number[],
  names: readonly string[],
  notes: string[],
): LabelColumn | Refusal {
  const binary = table.header.flatMap((heading, at) =>
    taken.has(at) || noClass.test(plainHeading(heading)) || !isBinary(table, at) ? [] : [at],
  );
  // Letters of an alphabet, one column each: "y" is one of the classes then, not the heading of the labels.
  if (binary.length > 2 && named.every((at) => binary.includes(at)) && isOneHot(table, binary))
    return { oneHot: binary };
  const kinds = new Map(named.map((at) => [at, valuesOf(table, at).size]));
  // A column with one value only tells nothing apart.
  const byName = named.find((at) => kinds.get(at)! > 1) ?? named[0];
  if (byName !== undefined) {
    const others = named.filter((at) => at !== byName && kinds.get(at)! > 1);
    if (others.length > 0)
      notes.push(
        `the column "${names[byName]}" is taken for the label; ${listed(others.map((at) => names[at]!))} could be meant as well`,
      );
    return { at: byName };
  }
  if (binary.length > 1) return { oneHot: binary };
  const free = table.header.flatMap((_, at) => (taken.has(at) || isNoLabel(table, at) ? [] : [at]));
  const repeated = free.filter((at) => isLikelyLabel(table, at, table.rows.length / 2));
  // In a few rows every label may stand once.
  const isShort = repeated.length === 0 && table.rows.length < fewRows;
  const likely = isShort ? free.filter((at) => isLikelyLabel(table, at, fewRows)) : repeated;
  const texts = likely.filter(
    (at) => ![...valuesOf(table, at)].every((cell) => Number.isFinite(Number(cell))),
  );
  const chosen = likely.length === 1 ? likely[0] : texts.length === 1 ? texts[0] : undefined;
  if (chosen !== undefined) {
    const others = likely.filter((at) => at !== chosen);
    if (others.length > 0)
      notes.push(
        `the column "${names[chosen]}" is taken for the label because it alone holds words; ${listed(others.map((at) => names[at]!))} could be meant as well`,
      );
    return { at: chosen };
  }
  return {
    lacks: 'label',
    why:
      likely.length > 1
        ? `has several columns that may hold the label: ${listed(likely.map((at) => names[at]!))}`
        : `has no column for the label; its columns are ${listed(names)}`,
    hint: 'Choose the column of the label, or head it "label".',
  };
}

const isNoLabel = ({ header }: Table, at: number): boolean => {
  const heading = header[at] ?? '';
  return heading === '' || noLabel.test(plainHeading(heading));
};

const noClass = /^(unnamed\d*|index|idx)?$/;

const valuesOf = (table: Table, at: number): Set<string> =>
  new Set(table.rows.map((row) => row[at] ?? '').filter((cell) => cell !== ''));

/** 0 and 1, also as pandas writes them and as CelebA has them (-1 and 1). */
const isBinary = (table: Table, at: number): boolean => {
  const values = [...valuesOf(table, at)];
  return values.length > 0 && values.length <= 2 && values.every((cell) => /^(-?1|0)(\.0+)?$/.test(cell));
};

/** Whether a cell of a binary column is the 1. */
export const isOne = (cell: string | undefined): boolean => cell !== undefined && /^1(\.0+)?$/.test(cell);

const isOneHot = (table: Table, columns: readonly number[]): boolean =>
  table.rows.every((row) => columns.filter((at) => isOne(row[at])).length === 1);

/** Whether a column numbers the rows: each number is one more than the one above. */
const isNumbering = ({ rows }: Table, at: number): boolean =>
  rows.length > 2 &&
  rows.every((row, i) => i === 0 || Number(row[at] || NaN) === Number(rows[i - 1]![at] || NaN) + 1);

/** Two values or more, at most so many, and no measurements. */
function isLikelyLabel(table: Table, at: number, most: number): boolean {
  const values = [...valuesOf(table, at)];
  if (values.length < 2 || values.length > most || isNumbering(table, at)) return false;
  return !values.some((cell) => /^-?\d*[.,]\d*[1-9]\d*$/.test(cell));
}

const noFile = (names: readonly string[]): Refusal => ({
  lacks: 'file',
  why: `has no column for the file; its columns are ${listed(names)}`,
  hint: 'Choose the column that names the images, or head it "file".',
});

const mostListed = 8;

/** Names for a sentence: quoted, shortened, the first few. */
export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, mostListed)
    .map((name) => `"${name.length > 40 ? `${name.slice(0, 40)}…` : name}"`);
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
