import type { TensorData } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import * as tf from '@tensorflow/tfjs-core';
import type { backend_util, DataType } from '@tensorflow/tfjs-core';
import type { BufferPool } from './buffers.ts';
import { LazyData } from './tensor-data.ts';

export type Data = TensorData<DataType>;

/** The array that a tensor's data lives in now, without forcing a change of layout. */
const storage = (data: Data): backend_util.BackendValues | null =>
  data instanceof LazyData ? data.array : (data.values ?? null);

/** Keeps the pool's reference counts in step with the tensors. */
export class PooledStorage extends tf.DataStorage<Data> {
  readonly #pool: BufferPool;

  constructor(backend: tf.KernelBackend, pool: BufferPool) {
    super(backend, tf.engine());
    this.#pool = pool;
  }

  override set(dataId: object, data: Data): void {
    const values = storage(data);
    if (ArrayBuffer.isView(values)) this.#pool.retain(values.buffer);
    super.set(dataId, data);
  }

  override delete(dataId: object): boolean {
    const values = this.has(dataId) ? storage(this.get(dataId)) : null;
    if (ArrayBuffer.isView(values)) this.#pool.release(values.buffer);
    return super.delete(dataId);
  }
}
