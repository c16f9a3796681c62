/** Tensors by name as weights files hold them, in PyTorch's layout, every number type read as float32. */
export type TensorMap = Map<string, TensorData>;

export interface TensorData {
  readonly shape: number[];
  /** May be decoded each time: ask once. */
  readonly data: Float32Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
