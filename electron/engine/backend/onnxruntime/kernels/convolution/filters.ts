import type { Emitter } from '../../emitter.ts';

/** The filters of the blocked operators: logically OIHW. */

/** HWIO -> OIHW with both channel axes blocked: memory [o/B, i/B, kh, kw, iB, oB]. */
export function blockFilter(
  e: Emitter,
  filter: string,
  kh: number,
  kw: number,
  inputs: number,
  outputs: number,
): string {
  const b = e.block!;
  const split = e.reshape(filter, [kh, kw, inputs / b, b, outputs / b, b]);
  return e.reshape(e.op('Transpose', [split], { perm: [4, 2, 0, 1, 3, 5] }), [outputs, inputs, kh, kw]);
}

/** HWIO -> OIHW with only the outputs blocked, for images of fewer channels than a block. */
export function blockFilterOutputs(
  e: Emitter,
  filter: string,
  kh: number,
  kw: number,
  inputs: number,
  outputs: number,
): string {
  const b = e.block!;
  const split = e.reshape(filter, [kh, kw, inputs, outputs / b, b]);
  return e.reshape(e.op('Transpose', [split], { perm: [3, 2, 0, 1, 4] }), [outputs, inputs, kh, kw]);
}
