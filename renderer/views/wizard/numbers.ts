/** A number as it is typed; null for nothing, NaN for what is none. A comma is taken for a point. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim().replace(/^(-?\d*),(\d+)$/, '$1.$2');
  return trimmed === '' ? null : Number(trimmed);
}

export const showNumber = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '' : String(value);

/** A step up or down, without the tails of binary fractions, inside the bounds. */
export function stepped(
  value: number,
  by: number,
  { min = -Infinity, max = Infinity }: { min?: number | undefined; max?: number | undefined } = {},
): number {
  const next = Number((value + by).toPrecision(12));
  return Math.min(max, Math.max(min, next));
}
