import type { Latency } from '../../../contract/result.ts';
import { pointsText } from '../../../contract/verdict.ts';

/** Numbers for people: with units, grouped by thousands, a dash where there is none. Spaces before units do not break. */
export const NONE = '–';
const SPACE = '\u00a0';

const fixed = (digits: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

type Number_ = number | null;
const known = (value: Number_): value is number => value !== null && Number.isFinite(value);

export const integer = (value: Number_): string => (known(value) ? integers.format(value) : NONE);

export const decimal = (value: Number_, digits: number): string =>
  known(value) ? fixed(digits).format(value) : NONE;

/** A difference with its sign; without one where it rounds to zero. */
export function signed(difference: number, digits: number): string {
  const text = decimal(Math.abs(difference), digits);
  if (Number(text) === 0) return text;
  return `${difference < 0 ? '−' : '+'}${text}`;
}

/** A fraction in [0, 1] as percent: 0.9653 is "96.53 %". */
export const percent = (value: Number_, digits = 2): string =>
  known(value) ? `${fixed(digits).format(value * 100)}${SPACE}%` : NONE;

/** The difference of two fractions in percentage points, with its sign. */
export const points = (difference: Number_): string =>
  known(difference) ? `${pointsText(difference)}${SPACE}points` : NONE;

/** Three significant digits: 12,345,678 is "12.3 M". */
export function short(value: Number_): string {
  if (!known(value)) return NONE;
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${significant.format(value / size)}${SPACE}${unit}`;
  }
  return significant.format(value);
}

/** Decimal units, as file managers and shops use them. */
export const bytes = (value: Number_): string =>
  known(value) ? `${short(value)}${value < 1000 ? SPACE : ''}B` : NONE;

export const milliseconds = (value: Number_): string =>
  known(value) ? `${significant.format(value)}${SPACE}ms` : NONE;

/** 3.1 ms (2.9 to 3.6); without a spread the median alone. */
export const latency = ({ ms, low, high }: Latency): string =>
  low === high
    ? milliseconds(ms)
    : `${milliseconds(ms)} (${significant.format(low)} to ${significant.format(high)})`;

export function duration(seconds: Number_): string {
  if (!known(seconds)) return NONE;
  if (seconds < 60) return `${significant.format(seconds)}${SPACE}s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0
    ? `${hours}${SPACE}h ${minutes}${SPACE}min`
    : `${minutes}${SPACE}min${rest > 0 ? ` ${rest}${SPACE}s` : ''}`;
}

/** A ratio above 1 with three significant digits, e.g. "10.9×". */
export const times = (ratio: Number_): string => (known(ratio) ? `${significant.format(ratio)}×` : NONE);

/** An ISO time as UTC date and minute. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** "a", "a and b", "a, b and c". */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

/** "1 image", "6,315 images". */
export const plural = (value: number, noun: string): string =>
  `${integer(value)} ${value === 1 ? noun : `${noun}${noun.endsWith('s') ? 'es' : 's'}`}`;

export const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
