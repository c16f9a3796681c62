import { logit, type Lighting } from './augment.ts';

/** fastai's logit keeps this distance from 0 and 1. */
const edge = 1e-7;

/** The lit value of one channel value, both in [0, 1]. */
export function light(value: number, { brightness, contrast }: Lighting): number {
  const inside = Math.min(Math.max(value, edge), 1 - edge);
  return 1 / (1 + Math.exp(-contrast * (logit(inside) + brightness)));
}

const intervals = 512;
/** Of the lower half; the upper half's are their negatives, in reverse. */
const nodeLogits = Float64Array.from({ length: intervals / 2 + 1 }, (_, i) =>
  logit(Math.max(i / intervals, edge)),
);

/** Inside these bounds (of 0 to 255) the table is used; near 0 and 255 a low contrast is too steep for it. */
const low = 2;
const high = 253;

/** Table positions per unit of a channel value of 0 to 255. */
const scale = intervals / 255;

/** A lighting made ready for many values. */
export interface LightCurve {
  lighting: Lighting;
  table: Float64Array | null;
  /** The lit values of 0 and 255, which saturated pixels have. */
  darkest: number;
  brightest: number;
}

/** The curve's table is overwritten by the next call. */
export function lightCurve(lighting: Lighting): LightCurve {
  return {
    lighting,
    table: lightingTable(lighting),
    darkest: light(0, lighting),
    brightest: light(1, lighting),
  };
}

/** Lights values of 0 to 255 in place, to 0 to 1; exact to 1e-3, a quarter of one of 256 levels. */
export function lightAll(values: Float64Array, curve: LightCurve): void {
  const { table } = curve;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (table !== null && value >= low && value <= high) {
      const place = value * scale;
      const node = place | 0;
      const start = table[node]!;
      values[i] = start + (table[node + 1]! - start) * (place - node);
    } else values[i] = outsideTable(value, curve);
  }
}

function outsideTable(value: number, { lighting, darkest, brightest }: LightCurve): number {
  if (value === 0) return darkest;
  return value === 255 ? brightest : light(value / 255, lighting);
}

/**
 * Lit values at equal distances, to interpolate between. Null where the curve is too steep for that: with f the curve,
 * h the distance and the steepest place v0 = sigmoid(-brightness), the error h^2 f''/8 is at most
 * 0.0121 (h contrast / (v0 (1 - v0)))^2.
 */
function lightingTable({ brightness, contrast }: Lighting): Float64Array | null {
  const steepest = 1 / (1 + Math.exp(brightness));
  const step = contrast / (steepest * (1 - steepest)) / intervals;
  if (0.0121 * step * step > 1e-3) return null;
  const shift = Math.exp(-contrast * brightness);
  for (let i = 0; i <= intervals / 2; i++) {
    // The logit is odd about the middle: one exponential serves both halves.
    const odds = Math.exp(-contrast * nodeLogits[i]!);
    table[i] = 1 / (1 + shift * odds);
    table[intervals - i] = odds / (odds + shift);
  }
  return table;
}

const table = new Float64Array(intervals + 1);
