/** A slider's positions, evenly spread over the logarithm of what it sets. */
export interface LogScale {
  positions: number;
  toPosition: (value: number) => number;
  toValue: (position: number) => number;
}

/** Values come back with `digits` significant digits, so that people can read them. */
export function logScale(min: number, max: number, positions = 200, digits = 2): LogScale {
  const span = Math.log(max / min);
  return {
    positions,
    toPosition: (value) => {
      const clamped = Math.min(max, Math.max(min, value));
      return Math.round((positions * Math.log(clamped / min)) / span);
    },
    toValue: (position) => Number((min * Math.exp((span * position) / positions)).toPrecision(digits)),
  };
}
