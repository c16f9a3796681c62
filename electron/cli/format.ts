import type { Latency } from '../contract/result.ts';
import { largest } from '../contract/extremes.ts';
import { withoutControls } from '../contract/shown-text.ts';

/** Figures, times and tables as people read them. Nothing here depends on the machine's locale. */

/** Three significant digits with a step of a thousand: 842, 64.2 k, 11.2 M. */
function scaled(value: number, units: readonly string[], base = 1000): string {
  let [rest, step] = [value, 0];
  while (Number(rest.toPrecision(3)) >= base && step < units.length - 1) {
    rest /= base;
    step++;
  }
  const digits = step === 0 ? String(Math.round(rest)) : String(Number(rest.toPrecision(3)));
  return `${digits} ${units[step] ?? ''}`.trim();
}

export const quantity = (value: number): string => scaled(value, ['', 'k', 'M', 'G', 'T']);
export const bytes = (value: number): string => scaled(value, ['B', 'kB', 'MB', 'GB', 'TB']);

/** A share in [0, 1] as 98.31 %. */
export const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;

export const milliseconds = (value: number): string =>
  value < 1000 ? `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms` : duration(value / 1000);

/** 3.1 ms (2.9 to 3.6): the median and the quartiles; without a spread the median. */
export const latency = ({ ms, low, high }: Latency): string =>
  low === high ? milliseconds(ms) : `${milliseconds(ms)} (${bare(low)} to ${bare(high)})`;
const bare = (value: number): string => milliseconds(value).replace(/ ms$/, '');

/** Seconds as 850 ms, 5.2 s, 45 s, 12 min 5 s or 1 h 3 min. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(seconds / 60);
  return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

const joined = (...parts: [number, string][]): string =>
  parts
    .filter(([value], i) => i === 0 || value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');

/** 1 image, 2 images. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** For what has no value. */
export const nothing = '–';

/** `null` as a dash. */
export const orDash = <T>(value: T | null, format: (value: T) => string): string =>
  value === null ? nothing : format(value);

/**
 * Rows as aligned columns, two spaces apart: names to the left, figures to the right. `align` has one letter a column,
 * l or r; the last letter serves all further columns.
 */
export function table(cells: readonly (readonly string[])[], align: string): string {
  // A name with a line break must not look like two rows.
  const rows = cells.map((row) => row.map((text) => withoutControls(text)));
  const columns = largest(rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, j) => largest(rows.map((row) => width(row[j] ?? ''))));
  const cell = (text: string, j: number): string => {
    const space = ' '.repeat(widths[j]! - width(text));
    return (align[j] ?? align.at(-1)) === 'r' ? space + text : text + space;
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

const width = (text: string): number => Array.from(text).length;
