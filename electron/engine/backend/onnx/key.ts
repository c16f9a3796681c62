/** What JSON has no numbers for: all of these would be null, or 0. */
const lost = (value: unknown): value is number =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0));

/** The same text for equal values only: JSON that also distinguishes infinities, NaN and -0. */
export const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    lost(part) ? { number: Object.is(part, -0) ? '-0' : String(part) } : part,
  );
