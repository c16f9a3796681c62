import type { Emitter } from '../emitter.ts';
import { blockedValue, type Planes, plainValue, type Value } from '../layout.ts';

/**
 * A map of even height and width, made of one plane for each parity of row and column: what the gradients of strided convolutions
 * are. Sums of such maps are taken plane by plane; what nobody reads whole is never interleaved.
 */

/** Planes under the names of [rows, h / 2, w / 2, inner] -> the map. */
export function interleave(e: Emitter, shape: readonly number[], planes: Planes): Value {
  const [n, h, w, c] = shape as [number, number, number, number];
  const [lh, lw] = [h / 2, w / 2];
  const [outer, inner] = planes.blocked ? [(n * c) / e.block!, e.block!] : [n, c];
  const zeros = () => e.op('ConstantOfShape', [e.ints(outer, lh, lw, inner)]);
  const row = (pair: readonly (string | null)[]): string => {
    const pixels = pair.map((name) => e.reshape(name ?? zeros(), [outer * lh, lw, 1, inner]));
    return e.reshape(e.op('Concat', pixels, { axis: 2 }), [outer * lh, 1, w * inner]);
  };
  const rows = [row(planes.names.slice(0, 2)), row(planes.names.slice(2))];
  const image = e.op('Concat', rows, { axis: 1 });
  const value = planes.blocked
    ? blockedValue(shape, e.reshape(image, [n, c, h, w]))
    : plainValue(shape, e.reshape(image, shape));
  return { ...value, planes };
}

/** The sum of two maps of planes in one layout; null for others. */
export function addPlanes(e: Emitter, a: Value, b: Value): Value | null {
  if (!a.planes || !b.planes || a.planes.blocked !== b.planes.blocked) return null;
  const addends = b.planes.names;
  const names = a.planes.names.map((name, i) => {
    const addend = addends[i] ?? null;
    if (name === null || addend === null) return name ?? addend;
    return e.op('Add', [name, addend]);
  });
  return interleave(e, a.shape, { blocked: a.planes.blocked, names });
}
