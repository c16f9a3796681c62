import type { ParameterKind } from '../model.ts';
import { sizeOf } from './tensor-data.ts';

/** Axes of our layout in the order that PyTorch has them; kinds that are not named are the same in both. */
const torchAxes: Partial<Record<ParameterKind, number[]>> = {
  conv: [3, 2, 0, 1], // HWIO -> OIHW
  depthwise: [2, 3, 0, 1], // HWC1 -> C1HW
  linear: [1, 0],
};

/** Axis i of the result is axis axes[i] of the input. */
function transpose(data: Float32Array, shape: number[], axes: number[]): Float32Array {
  const strides = axes.map((axis) => sizeOf(shape.slice(axis + 1)));
  const sides = axes.map((axis) => shape[axis]!);
  const result = new Float32Array(data.length);
  const index = axes.map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < sides[axis]!) break;
      from -= strides[axis]! * sides[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The shape that a tensor of ours has in PyTorch. */
export function torchShape(kind: ParameterKind, shape: number[]): number[] {
  if (kind === 'scale') return [...shape, 1, 1];
  return torchAxes[kind]?.map((axis) => shape[axis]!) ?? shape;
}

/** From our layout to PyTorch's; `shape` is ours. */
export function toTorch(kind: ParameterKind, shape: number[], data: Float32Array): Float32Array {
  const axes = torchAxes[kind];
  return axes ? transpose(data, shape, axes) : data;
}

/** From PyTorch's layout to ours; `shape` is ours. */
export function fromTorch(kind: ParameterKind, shape: number[], data: Float32Array): Float32Array {
  const axes = torchAxes[kind];
  if (!axes) return data;
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  return transpose(data, torchShape(kind, shape), inverse);
}
