import type { Latency } from '../electron/contract/result.ts';
import { pointsText } from '../electron/contract/verdict.ts';

/** Numbers as people read them; one place, so that the same figure looks the same on every screen. */

const locale = 'en';
const integer = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, {
  notation: 'compact',
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

/** What stands where there is no figure. */
export const noFigure = '–';

export const formatCount = (value: number): string =>
  Number.isNaN(value) ? noFigure : integer.format(value);

/** A count with its noun: 1 epoch, 1,000 epochs. `many` where the plural is not made by an s. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** A number as it was set, with all its digits: 0.9, 1e-5. An emptied field is no figure. */
export const formatSet = (value: number): string => (Number.isNaN(value) ? noFigure : String(value));

/** 1.09M, 12.5K, 80.0K: parameters, multiply-adds. Three digits always, so that a column of them can be compared at sight. */
export const formatCompact = (value: number): string =>
  value < 1000 ? integer.format(value) : compact.format(value);

/** How many times one is the other: 1.4, 28, 1,290. */
export const formatRatio = (value: number): string =>
  value < 9.95 ? value.toFixed(1) : formatCount(Math.round(value));

/** A fraction as a percentage. */
export const formatPercent = (fraction: number | null | undefined, digits = 2): string =>
  fraction === null || fraction === undefined || Number.isNaN(fraction)
    ? noFigure
    : `${(100 * fraction).toFixed(digits)} %`;

/** The difference of two fractions in percentage points, always with its sign. */
export const formatPoints = (difference: number | null, digits = 2): string =>
  difference === null || Number.isNaN(difference) ? noFigure : pointsText(difference, digits);

export const formatFigure = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined || Number.isNaN(value) ? noFigure : value.toFixed(digits);

/** By how much one is more than the other, as a share of the other, always with its sign: +12 %, −50 %, ±0 %. */
export function formatChange(value: number, from: number): string {
  const change = value / from - 1;
  return Number.isFinite(change) ? `${formatPoints(change, Math.abs(change) < 0.0995 ? 1 : 0)} %` : noFigure;
}

/** A difference of two figures, always with its sign. */
export const formatDifference = (difference: number, digits = 3): string =>
  formatPoints(difference / 100, digits);

/** A learning rate: 0.001, 3e-5. */
export function formatRate(value: number): string {
  if (Number.isNaN(value)) return noFigure;
  if (value === 0) return '0';
  return value >= 1e-3 && value < 1000 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as file managers and disk makers count. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return noFigure;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(2)} ${byteUnits[unit]!}`;
}

/** < 1 s, 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return noFigure;
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return seconds > 0 ? '< 1 s' : '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/**
 * Durations that add up as they are shown: all in whole seconds, or in the smallest unit that the sum is shown in, which is that of
 * the rounded parts. A part that is shorter than half of the unit is shown as "< 1 min" and counts nothing.
 */
export function formatDurations(parts: readonly number[]): { parts: string[]; total: string } {
  const sum = parts.reduce((before, one) => before + one, 0);
  // "2 h 5 min" shows minutes, "3 d 4 h" hours.
  const unit = sum < 3570 ? 1 : sum < 86_000 ? 60 : 3600;
  const rounded = parts.map((part) => Math.round(part / unit) * unit);
  const name = { 1: 's', 60: 'min', 3600: 'h' }[unit];
  return {
    parts: rounded.map((part, i) =>
      part > 0 ? formatDuration(part) : (parts[i] ?? 0) > 0 ? `< 1 ${name}` : formatDuration(0),
    ),
    total: formatDuration(rounded.reduce((before, one) => before + one, 0)),
  };
}

export const formatMilliseconds = (ms: number | null): string =>
  ms === null ? noFigure : ms >= 100 ? `${Math.round(ms)} ms` : `${ms.toPrecision(3)} ms`;

/** 3.1 ms (2.9 to 3.6): the median and its quartiles; without a spread the median alone. */
export function formatLatency(latency: Latency | null): string {
  if (latency === null) return noFigure;
  const spread = formatSpread(latency);
  return spread === '' ? formatMilliseconds(latency.ms) : `${formatMilliseconds(latency.ms)} (${spread})`;
}

/** The quartiles alone, 2.9 to 3.6; nothing without a spread. */
export function formatSpread({ low, high }: Latency): string {
  const bare = (one: number) => formatMilliseconds(one).replace(/ ms$/, '');
  return low === high ? '' : `${bare(low)} to ${bare(high)}`;
}

/** In the texts' language, as the numbers are: 24 Nov 2026, 05:51. */
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
export const formatDate = (iso: string): string => dateTime.format(new Date(iso));

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
/** 05:51:13. */
export const formatClock = (iso: string): string => clock.format(new Date(iso));

export { baseName } from '../electron/contract/base-name.ts';
