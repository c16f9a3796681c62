/** Tensors by name as weights files hold them, in PyTorch's layout, every number type read as float32. */
export type TensorMap = Map<string, TensorData>;

export interface TensorData {
  shape: number[];
  data: Float32Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
