/** The part of the x axis that is shown; `to` Infinity follows the end as it grows. null: all of it. */
export interface ViewWindow {
  from: number;
  to: number;
}

export interface Extent {
  min: number;
  max: number;
}

/** The narrowest part of the whole that can be looked at. */
const narrowest = 1 / 5000;

/** The window in the axis' own numbers, within what there is. */
export function resolveWindow(window: ViewWindow | null, { min, max }: Extent): ViewWindow {
  if (window === null || max <= min) return { from: min, to: Math.max(max, min) };
  const to = Math.min(window.to, max);
  const least = (max - min) * narrowest;
  const from = Math.min(Math.max(window.from, min), to - least);
  return from < min ? { from: min, to: Math.min(max, min + least) } : { from, to };
}

/** Back to null where everything is shown, and to following where the end is. */
function settle({ from, to }: ViewWindow, { min, max }: Extent): ViewWindow | null {
  const slack = (max - min) * 1e-6;
  if (from <= min + slack && to >= max - slack) return null;
  return { from: Math.max(from, min), to: to >= max - slack ? Infinity : to };
}

/** Zooms about `center`, which stays where it is; a factor below 1 zooms in. */
export function zoomWindow(
  window: ViewWindow | null,
  extent: Extent,
  center: number,
  factor: number,
): ViewWindow | null {
  const { from, to } = resolveWindow(window, extent);
  const whole = extent.max - extent.min;
  const width = Math.min(whole, Math.max((to - from) * factor, whole * narrowest));
  const share = to > from ? (center - from) / (to - from) : 0.5;
  const start = Math.min(Math.max(center - share * width, extent.min), extent.max - width);
  return settle({ from: start, to: start + width }, extent);
}

/** Moves by `by`, in the axis' numbers, as far as there is anything. */
export function panWindow(window: ViewWindow | null, extent: Extent, by: number): ViewWindow | null {
  if (window === null) return null;
  const { from, to } = resolveWindow(window, extent);
  const shift = Math.min(Math.max(by, extent.min - from), extent.max - to);
  return settle({ from: from + shift, to: to + shift }, extent);
}

/** As two shares of the whole in [0, 1], and back. */
export function windowShares(window: ViewWindow | null, extent: Extent): [number, number] {
  const { from, to } = resolveWindow(window, extent);
  const whole = extent.max - extent.min;
  return whole > 0 ? [(from - extent.min) / whole, (to - extent.min) / whole] : [0, 1];
}

export function windowOf([from, to]: readonly [number, number], extent: Extent): ViewWindow | null {
  const at = (share: number) => extent.min + share * (extent.max - extent.min);
  return settle({ from: at(from), to: at(to) }, extent);
}
