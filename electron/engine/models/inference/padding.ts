import type { Window } from '../layers.ts';

/** How a window's padding is written. */
export interface PaddingPlan {
  /** What the operator itself does. */
  mode: 'SAME' | 'VALID';
  /** Rows and columns that an operator of its own adds first; null: none. */
  added: { before: number; after: number } | null;
}

/**
 * PyTorch pads all sides alike; TensorFlow's SAME puts an odd row behind, so that with stride 2 the windows lie elsewhere.
 * SAME is used where it is the same. Rows that no window reaches are not added. `side`: of the input; `output`: of the output.
 */
export function planPadding({ kernel, stride, padding }: Window, side: number, output: number): PaddingPlan {
  const after = Math.max(0, (output - 1) * stride + kernel - side - padding);
  if (padding === 0 && after === 0) return { mode: 'VALID', added: null };
  const same = Math.max(0, (Math.ceil(side / stride) - 1) * stride + kernel - side);
  if (output === Math.ceil(side / stride) && padding === same >> 1 && after === same - padding)
    return { mode: 'SAME', added: null };
  return { mode: 'VALID', added: { before: padding, after } };
}
