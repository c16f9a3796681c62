import type { Table } from '../table.ts';
import { columnNames, isOne, type LabelColumn, listed, type Refusal } from './columns.ts';

export interface Labels {
  /** One for each row; '' where it has none. */
  labels: string[];
  notes: string[];
}

/** A class with four corners, perhaps several: n01440764 10 20 30 40. */
const boxes = /^(\S+(\s+-?\d+(\.\d+)?){4}\s*)+$/;

/** Fractions beyond which a label is a measurement. */
const mostFractions = 50;

export const oneLabel =
  'This program gives every image one class: keep one label for each image, or choose another column.';

/** Each row's label. Refused: rows with several labels, and numbers that are measured rather than named. */
export function labelsOf(table: Table, column: LabelColumn): Labels | Refusal {
  return 'oneHot' in column ? oneHotLabels(table, column.oneHot) : cellLabels(table, column.at);
}

function oneHotLabels(table: Table, columns: readonly number[]): Labels | Refusal {
  const names = columnNames(table);
  const labels: string[] = [];
  for (const row of table.rows) {
    const ones = columns.filter((at) => isOne(row[at]));
    if (ones.length > 1)
      return {
        lacks: 'label',
        why: `gives images several labels at once: ${listed(ones.map((at) => names[at]!))} are all 1 for "${row.find((_, at) => !columns.includes(at)) ?? ''}"`,
        hint: oneLabel,
      };
    labels.push(ones[0] === undefined ? '' : names[ones[0]]!.normalize('NFC'));
  }
  return { labels, notes: [`the columns ${listed(columns.map((at) => names[at]!))} hold a 1 for the label`] };
}

function cellLabels(table: Table, column: number): Labels | Refusal {
  const name = columnNames(table)[column] ?? String(column);
  const cells = table.rows.map((row) => (row[column] ?? '').normalize('NFC').trim());
  const distinct = [...new Set(cells)].filter((cell) => cell !== '');
  const several = severalIn(distinct, name);
  if (several !== null)
    return {
      lacks: 'label',
      why: `gives images several labels at once: the column "${name}" has cells such as "${several.slice(0, 60)}"`,
      hint: oneLabel,
    };
  const boxed = distinct.filter((cell) => boxes.test(cell));
  if (boxed.length > 0 && boxed.length * 2 > distinct.length)
    return {
      lacks: 'label',
      why: `marks objects by boxes: the column "${name}" has cells such as "${boxed[0]!.slice(0, 60)}"`,
      hint: oneLabel,
    };
  const fractions = distinct.filter((cell) => isFraction(cell)).length;
  const isMeasured = fractions > mostFractions && distinct.every((cell) => Number.isFinite(Number(cell)));
  if (isMeasured)
    return {
      lacks: 'label',
      why: `has measurements, no classes, in the column "${name}": ${distinct.length} different numbers such as ${distinct.find(isFraction)!}`,
      hint: 'This program classifies images: choose a column of classes, or sort the numbers into a few ranges.',
    };
  const { plain, note } = plainer(distinct, name);
  return { labels: cells.map(plain), notes: note === null ? [] : [note] };
}

const isFraction = (cell: string): boolean =>
  Number.isFinite(Number(cell)) && !Number.isInteger(Number(cell));

/** Labels as they are meant: 14.0 is 14 where all are whole numbers (pandas writes so), ["cat"] is cat. */
function plainer(
  distinct: readonly string[],
  name: string,
): { plain: (cell: string) => string; note: string | null } {
  if (distinct.some((cell) => /\.0+$/.test(cell)) && distinct.every((cell) => /^-?\d+(\.0+)?$/.test(cell)))
    return {
      plain: (cell) => cell.replace(/\.0+$/, ''),
      note: `labels such as "${distinct.find((cell) => cell.includes('.'))!}" in the column "${name}" are read as whole numbers`,
    };
  if (distinct.some((cell) => items(cell)?.length === 1))
    return { plain: (cell) => items(cell)?.[0] ?? cell, note: null };
  return { plain: (cell) => cell, note: null };
}

/** A cell that lists several labels, where that is evident; null where each cell is one label. */
function severalIn(distinct: readonly string[], name: string): string | null {
  const listing = distinct.find((cell) => (items(cell)?.length ?? 0) > 1);
  if (listing !== undefined) return listing;
  const whole = new Set(distinct);
  for (const separator of ['|', ';', ',', '+', '/', ' ']) {
    const cells = distinct.map((cell) => split(cell, separator));
    const joined = distinct.filter((_, at) => cells[at]!.length > 1);
    // Words that are labels by themselves elsewhere are labels here as well; "apple pie" alone may be a class beside apple and pie.
    const evident = joined.filter((cell) => split(cell, separator).every((part) => whole.has(part)));
    const isEvident = separator === ' ' ? evident.length > 1 && evident.length === joined.length : true;
    if (isEvident && evident[0] !== undefined) return evident[0];
    if (recombines(cells, mostWords(separator, name))) return joined[0]!;
  }
  return null;
}

/** Different words a cell, up to which cells are lists of words that come again, not names of several words. */
function mostWords(separator: string, name: string): number {
  if (separator === '|' || separator === ';') return 2;
  if (/^(tags|keywords|attributes)$/i.test(name)) return 1;
  return /^labels$/i.test(name) ? 0.5 : 0;
}

/** Whether cells of several words are made of words that come again in others. */
function recombines(cells: readonly string[][], most: number): boolean {
  const words = new Map<string, number>();
  for (const cell of cells) for (const word of new Set(cell)) words.set(word, (words.get(word) ?? 0) + 1);
  const isAgain = cells.some((cell) => cell.length > 1 && cell.some((word) => words.get(word)! > 1));
  return isAgain && words.size <= most * cells.length;
}

const split = (cell: string, separator: string): string[] =>
  cell
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The items of a cell that is a list: [cat, dog], ['cat'], ["cat"]; null where it is none. */
function items(cell: string): string[] | null {
  if (!/^\[.*\]$/s.test(cell) && !/^\{'.*'\}$/s.test(cell)) return null;
  return split(cell.slice(1, -1).replaceAll(/['"]/g, ''), ',');
}

/** Contradictions up to which a table has mistakes, not several labels for an image. */
const fewContradictions = { images: 1, share: 0.02 };

/** Refused: a table that gives many of its images several rows with different labels, as for objects inside of them. */
export function contradictionsIn(
  rows: readonly { file: string; key: string | undefined; label: string }[],
): Refusal | null {
  const first = new Map<string, string>();
  const contradicted = new Map<string, { file: string; labels: [string, string] }>();
  for (const { file, key, label } of rows) {
    if (key === undefined || label === '') continue;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, label);
    else if (earlier !== label && !contradicted.has(key))
      contradicted.set(key, { file, labels: [earlier, label] });
  }
  const { images, share } = fewContradictions;
  const [example] = contradicted.values();
  if (!example || contradicted.size <= images || contradicted.size < share * first.size) return null;
  return {
    lacks: 'label',
    why: `gives images several labels at once: ${contradicted.size} images have several rows, such as "${example.file}" as ${listed(example.labels)}`,
    hint: oneLabel,
  };
}
