import { halfValue } from '../../numbers/float16.ts';

/** A number type of a weights file, little-endian. */
export interface Dtype {
  bytes: number;
  read(view: DataView, offset: number): number;
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  scratch.setUint16(0, bits);
  return scratch.getFloat32(0);
}

/** By safetensors' names. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F64', { bytes: 8, read: (view, offset) => view.getFloat64(offset, true) }],
  ['F32', { bytes: 4, read: (view, offset) => view.getFloat32(offset, true) }],
  ['F16', { bytes: 2, read: (view, offset) => halfValue(view.getUint16(offset, true)) }],
  ['BF16', { bytes: 2, read: (view, offset) => bfloat16(view.getUint16(offset, true)) }],
  ['I64', { bytes: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) }],
  ['I32', { bytes: 4, read: (view, offset) => view.getInt32(offset, true) }],
  ['I16', { bytes: 2, read: (view, offset) => view.getInt16(offset, true) }],
  ['I8', { bytes: 1, read: (view, offset) => view.getInt8(offset) }],
  ['U8', { bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  ['BOOL', { bytes: 1, read: (view, offset) => view.getUint8(offset) }],
]);

/** All numbers of `bytes`, whose length is a multiple of the type's. */
export function decode(dtype: Dtype, bytes: Uint8Array): Float32Array {
  // A copy is what reading them one by one comes to, on every processor that the native libraries are built for.
  if (dtype === dtypes.get('F32')) return new Float32Array(new Uint8Array(bytes).buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(bytes.length / dtype.bytes);
  for (let i = 0; i < numbers.length; i++) numbers[i] = dtype.read(view, i * dtype.bytes);
  return numbers;
}
