import { lowerBound } from './step-columns.ts';

/**
 * The points of a curve (x ascending) to draw between `from` and `to`, as x, y, x, y, ...: for each of `buckets` columns of pixels
 * its lowest and its highest point, in their order, so that no peak is lost; the neighbours outside come along, so that the line
 * reaches the edges. NaN, Infinity and, where `positive` is set (a logarithmic axis), what is not above zero become NaN: gaps.
 */
export function thin(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { from, to, buckets, positive = false }: { from: number; to: number; buckets: number; positive?: boolean },
): Float64Array {
  const first = Math.max(0, lowerBound(x, from) - 1);
  const last = Math.min(x.length - 1, lowerBound(x, to));
  if (last < first) return new Float64Array(0);
  const fewEnough = last - first < 2 * buckets;
  const points = new Float64Array(2 * (fewEnough ? last - first + 1 : 3 * (buckets + 2) + 2));
  let length = 0;
  const drawn = (i: number): number => {
    const value = y[i]!;
    return Number.isFinite(value) && (!positive || value > 0) ? value : Number.NaN;
  };
  const push = (i: number): void => {
    points[length++] = x[i]!;
    points[length++] = drawn(i);
  };
  if (fewEnough) {
    for (let i = first; i <= last; i++) push(i);
    return points;
  }
  const width = (to - from) / buckets;
  push(first);
  for (let i = first + 1; i < last;) {
    const end = from + (Math.floor((x[i]! - from) / width) + 1) * width;
    let [low, high, gap] = [-1, -1, -1];
    const begin = i;
    for (; i < last && (i === begin || x[i]! < end); i++) {
      const value = drawn(i);
      if (Number.isNaN(value)) gap = i;
      else {
        if (low === -1 || value < y[low]!) low = i;
        if (high === -1 || value > y[high]!) high = i;
      }
    }
    let pushed = -1;
    for (const one of [low, high, gap].sort((a, b) => a - b)) {
      if (one === -1 || one === pushed) continue;
      push(one);
      pushed = one;
    }
  }
  push(last);
  return points.subarray(0, length);
}
