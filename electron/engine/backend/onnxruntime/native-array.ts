/** The types of the tensors that kernels compute on, and the arrays that hold them. */
export type NativeType = 'float32' | 'int32' | 'bool';
export type NativeArray = Float32Array | Int32Array | Uint8Array;

export const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
