import { logit, type Lighting } from './augment.ts';

/** fastai's logit keeps this distance from 0 and 1. */
const edge = 1e-7;

/** The lit value of one channel value, both in [0, 1]. */
export function light(value: number, { brightness, contrast }: Lighting): number {
  const inside = Math.min(Math.max(value, edge), 1 - edge);
  return 1 / (1 + Math.exp(-contrast * (logit(inside) + brightness)));
}

const intervals = 512;
const nodeLogits = Float64Array.from({ length: intervals + 1 }, (_, i) =>
  logit(Math.min(Math.max(i / intervals, edge), 1 - edge)),
);

/** Inside these bounds (of 0 to 255) the table is used; near 0 and 255 a low contrast is too steep for it. */
export const tableBounds = { low: 2, high: 253 } as const;

/** Table positions per unit of a channel value of 0 to 255. */
export const tableScale = intervals / 255;

/**
 * Lit values at equal distances, to interpolate between: exact to 1e-3 (a quarter of one of 256 levels) within
 * `tableBounds`. Null where the curve is too steep for that: with f the curve, h the distance and the steepest place
 * v0 = sigmoid(-brightness), the error h^2 f''/8 is at most 0.0121 (h contrast / (v0 (1 - v0)))^2.
 * The table is overwritten by the next call.
 */
export function lightingTable({ brightness, contrast }: Lighting): Float64Array | null {
  const steepest = 1 / (1 + Math.exp(brightness));
  const step = contrast / (steepest * (1 - steepest)) / intervals;
  if (0.0121 * step * step > 1e-3) return null;
  for (let i = 0; i <= intervals; i++) {
    table[i] = 1 / (1 + Math.exp(-contrast * (nodeLogits[i]! + brightness)));
  }
  return table;
}

const table = new Float64Array(intervals + 1);
