import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { BufferPool } from './buffers.ts';
import { arrayTypes, type NativeArray, type NativeType } from './native-array.ts';
import { type Data, PooledStorage } from './pooled-storage.ts';
import { BlockedData, ValuelessData } from './tensor-data.ts';
import { Unblocking } from './unblocking.ts';

/** tfjs's JavaScript backend with its arrays in a buffer pool, and with tensors whose values are made when they are read. */
export class PooledBackend extends MathBackendCPU {
  readonly pool = new BufferPool();
  readonly #unblocking = new Unblocking();

  constructor() {
    super();
    this.data = new PooledStorage(this, this.pool);
  }

  /** An uninitialised array from the pool. */
  allocate(size: number, dtype: NativeType): NativeArray {
    const type = arrayTypes[dtype];
    return new type(this.pool.take(size * type.BYTES_PER_ELEMENT), 0, size);
  }

  /** The tensor's blocked array, if it is blocked under just this shape. */
  blockedArray(tensor: TensorInfo): Float32Array | null {
    const data = this.data.get(tensor.dataId);
    if (!(data instanceof BlockedData) || data.blocked === null) return null;
    const same =
      data.shape.length === tensor.shape.length && data.shape.every((d, i) => d === tensor.shape[i]);
    return same ? data.blocked : null;
  }

  /** The tensor's row-major array, of the class that its dtype wants: tfjs's kernels sometimes store another one. */
  plainArray(tensor: TensorInfo): NativeArray {
    const data = this.data.get(tensor.dataId);
    const type = arrayTypes[tensor.dtype as NativeType];
    const values = data.values as NativeArray;
    if (values instanceof type) return values;
    const coerced = type.from(values);
    if (ArrayBuffer.isView(values)) this.pool.release(values.buffer);
    this.pool.retain(coerced.buffer);
    data.values = coerced;
    return coerced;
  }

  /** Whether nobody but this tensor sees its array, so that it may be overwritten. */
  isSoleHolder({ dataId }: TensorInfo): boolean {
    const { refCount, values } = this.data.get(dataId);
    return refCount === 1 && ArrayBuffer.isView(values) && this.pool.isSole(values.buffer);
  }

  makeBlocked(shape: number[], blocked: Float32Array): TensorInfo {
    return this.make('float32', shape, new BlockedData(shape, blocked, (data) => this.#unblock(data)));
  }

  makeValueless(shape: number[], dtype: NativeType): TensorInfo {
    return this.make(dtype, shape, new ValuelessData(shape, dtype));
  }

  /** A tensor of such data. */
  make(dtype: NativeType, shape: number[], data: Data): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype, new arrayTypes[dtype](0));
    this.data.delete(info.dataId);
    this.data.set(info.dataId, data);
    return info;
  }

  #unblock(data: BlockedData): Float32Array {
    const blocked = data.blocked!;
    const plain = this.allocate(blocked.length, 'float32') as Float32Array;
    this.#unblocking.run(data.shape, blocked, plain);
    data.blocked = null;
    this.pool.release(blocked.buffer);
    this.pool.retain(plain.buffer);
    return plain;
  }

  /** A copy: the pool or a step in place will write over the original. */
  override readSync(dataId: object): backend_util.BackendValues {
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) ? values.slice() : values;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#unblocking.clear();
    this.pool.trim();
  }
}
