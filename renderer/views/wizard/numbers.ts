/** 1,000 and 12,345.6, as the program itself shows numbers; no number that begins with 0 has thousands. */
const grouped = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/**
 * A number as it is typed; null for nothing, NaN for what is none. A comma before each three digits parts thousands, any other is taken
 * for a point.
 */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  const plain = grouped.test(trimmed)
    ? trimmed.replaceAll(',', '')
    : trimmed.replace(/^(-?\d*),(\d+)$/, '$1.$2');
  return plain === '' ? null : Number(plain);
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
