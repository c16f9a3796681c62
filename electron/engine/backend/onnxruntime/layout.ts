import type { ElementType } from '../onnx/fields.ts';

/**
 * ONNX Runtime's fast convolutions want the blocked layout NCHWc: memory [n, c/B, h, w, B] under the logical shape
 * [n, c, h, w]. A tensor may stay blocked between kernels and is turned to tfjs's NHWC only when somebody needs it.
 */

/** A tensor inside a graph under construction: its tfjs shape and the names of its plain and blocked forms, if made. */
export interface Value {
  shape: readonly number[];
  dtype: ElementType;
  plain: string | null;
  blocked: string | null;
  /** What it was interleaved of, if it was (kernels/planes.ts). */
  planes?: Planes;
}

/** Planes of even rows and columns, even rows and odd columns, odd and even, odd and odd. null: zeros. */
export interface Planes {
  blocked: boolean;
  names: readonly (string | null)[];
}

export const plainValue = (
  shape: readonly number[],
  plain: string,
  dtype: ElementType = 'float32',
): Value => ({
  shape,
  dtype,
  plain,
  blocked: null,
});

export const blockedValue = (shape: readonly number[], blocked: string): Value => ({
  shape,
  dtype: 'float32',
  plain: null,
  blocked,
});

/** NHWC -> the logical NCHW dims of a blocked value. */
export function blockedDims([n, h, w, c]: readonly number[]): number[] {
  return [n!, c!, h!, w!];
}

export const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);
