import { parse } from 'csv-parse/sync';

/** Characters at the beginning of a table by which its separator is found. */
const sampleLength = 64 * 1024;

const delimiters = [',', ';', '\t', '|'];

export interface Dialect {
  delimiter: string;
  /** The text without what stands before the table: a `sep=` line and comments. */
  body: string;
  /** A comment that has as many cells as the table's rows: its header, without the mark. */
  header: string[] | null;
}

/**
 * How a table is written. The separator is the one that a `sep=` line names, else the one that splits the most lines
 * into equally many cells; blanks only where none of the others does.
 */
export function dialectOf(text: string): Dialect {
  const named = /^\s*"?sep=(.)"?[^\S\t]*(?:\r\n|\r|\n)/i.exec(text);
  const { body, comments } = withoutComments(named ? text.slice(named[0].length) : text);
  const sample = sampleOf(body);
  const delimiter = named?.[1] ?? bestDelimiter(sample);
  return { delimiter, body, header: headerOf(comments, delimiter, sample) };
}

/** Cells of a text, lines without any left out. Throws csv-parse's error, which names the line. */
export function cellsOf(text: string, delimiter: string): string[][] {
  const rows = delimiter === ' ' ? words(text) : parsed(text, delimiter);
  return rows.filter((row) => row.some((cell) => cell !== ''));
}

const parsed = (text: string, delimiter: string): string[][] =>
  parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    delimiter,
  });

/**
 * A list of files with blanks between its columns, as Caffe and ImageNet have them. Where lines have different numbers of
 * words there are blanks in paths, and only the last word is a column of its own.
 */
function words(text: string): string[][] {
  const lines = linesOf(text).map((line) => line.trim());
  const rows = lines.map((line) => line.split(/\s+/).filter((word) => word !== ''));
  const filled = rows.filter(({ length }) => length > 0);
  if (filled.every(({ length }) => length === filled[0]!.length)) return rows;
  return rows.map((row, at) => {
    const last = row.at(-1) ?? '';
    return row.length < 2 ? row : [lines[at]!.slice(0, -last.length).trimEnd(), last];
  });
}

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

/** Lines that begin with # or %, as tools write them above their tables. */
function withoutComments(text: string): { body: string; comments: string[] } {
  const comments: string[] = [];
  let body = text.replace(/^\ufeff/, '');
  for (;;) {
    const line = /^[^\S\r\n]*(?:[#%][^\r\n]*)?(?:\r\n|\r|\n)/.exec(body);
    if (!line) return { body, comments };
    if (line[0].trim() !== '') comments.push(line[0].trim().slice(1));
    body = body.slice(line[0].length);
  }
}

function headerOf(comments: readonly string[], delimiter: string, sample: string): string[] | null {
  const last = comments.at(-1);
  if (last === undefined) return null;
  const [header = []] = tryCells(last.replace(/^[#%\s]+/, ''), delimiter);
  const [row = []] = tryCells(sample, delimiter);
  return header.length > 1 && header.length === row.length ? header : null;
}

/** The beginning of a text, in whole lines where it has more than one. */
function sampleOf(text: string): string {
  if (text.length <= sampleLength) return text;
  const sample = text.slice(0, sampleLength);
  const end = Math.max(sample.lastIndexOf('\n'), sample.lastIndexOf('\r'));
  return end > 0 ? sample.slice(0, end) : sample;
}

function bestDelimiter(sample: string): string {
  const found = delimiters
    .map((delimiter) => ({ delimiter, ...evenness(tryCells(sample, delimiter)) }))
    .filter(({ columns }) => columns > 1);
  const [best] = found.sort((a, b) => b.share - a.share || b.columns - a.columns);
  const blank = evenness(tryCells(sample, ' '));
  if (blank.columns > 1 && blank.share > (best?.share ?? 0)) return ' ';
  return best?.delimiter ?? ',';
}

/** The number of cells that most rows have, and the share of rows that have it. */
function evenness(rows: readonly string[][]): { columns: number; share: number } {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [columns, count] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  return { columns, share: rows.length === 0 ? 0 : count / rows.length };
}

/** A sample may end inside of quotes: then its lines are split as they are. */
function tryCells(sample: string, delimiter: string): string[][] {
  try {
    return cellsOf(sample, delimiter);
  } catch {
    return linesOf(sample).map((line) => line.split(delimiter));
  }
}
