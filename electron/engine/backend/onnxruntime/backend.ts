import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { TensorData } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import * as tf from '@tensorflow/tfjs-core';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { GraphBuilder, nchwcDomain } from '../onnx/graph.ts';
import { DeviceData } from '../webgpu/device-data.ts';
import { BufferPool } from './buffers.ts';
import { blockedDims } from './layout.ts';
import { floatFeed, type Provider, Session } from './session.ts';
import { SessionCache } from './session-cache.ts';
import { type Trace, Untraceable } from './trace.ts';

export type NativeType = 'float32' | 'int32' | 'bool';
export type NativeArray = Float32Array | Int32Array | Uint8Array;

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

type Data = TensorData<DataType>;

/** A float32 tensor that is blocked until somebody reads its values. */
class BlockedData implements TensorData<'float32'> {
  readonly dtype = 'float32';
  refCount = 1;
  readonly shape: readonly number[];
  blocked: Float32Array | null;
  #plain: backend_util.BackendValues | null = null;
  readonly #unblock: (data: BlockedData) => Float32Array;

  constructor(shape: readonly number[], blocked: Float32Array, unblock: (data: BlockedData) => Float32Array) {
    this.shape = shape;
    this.blocked = blocked;
    this.#unblock = unblock;
  }

  get values(): backend_util.BackendValues {
    this.#plain ??= this.#unblock(this);
    return this.#plain;
  }

  set values(values: backend_util.BackendValues) {
    this.#plain = values;
  }
}

/** A tensor of a step that is being recorded: its values come with the replay. */
class ValuelessData implements TensorData<DataType> {
  refCount = 1;
  readonly dtype: NativeType;
  readonly #shape: readonly number[];

  constructor(shape: readonly number[], dtype: NativeType) {
    this.#shape = shape;
    this.dtype = dtype;
  }

  get values(): never {
    throw new Untraceable(
      `something other than a native kernel reads a value of shape [${this.#shape.join(', ')}]`,
    );
  }
}

/** The array that a tensor's data lives in now, without forcing a change of layout. */
function storage(data: Data): backend_util.BackendValues | null {
  if (data instanceof ValuelessData || data instanceof DeviceData) return null;
  if (data instanceof BlockedData && data.blocked) return data.blocked;
  return data.values ?? null;
}

/** Keeps the pool's reference counts in step with the tensors. */
class PooledStorage extends tf.DataStorage<Data> {
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

/**
 * tfjs's JavaScript backend with its arrays in a buffer pool, on which native kernels (kernel.ts) take the place of the slow
 * ones. What has no native kernel, or is too small for one, runs in JavaScript on the same arrays.
 */
export class OnnxRuntimeBackend extends MathBackendCPU {
  readonly pool = new BufferPool();
  /** What computes recorded steps. */
  readonly provider: Provider = 'cpu';
  /** What listens to the kernels' calls now. */
  trace: Trace | null = null;
  readonly #reorders = new SessionCache<{ session: Session }>();

  constructor() {
    super();
    this.data = new PooledStorage(this, this.pool);
  }

  /** The backend that tfjs hands to a kernel. */
  static from(backend: object): OnnxRuntimeBackend {
    if (backend instanceof OnnxRuntimeBackend) return backend;
    throw new Error("A kernel of 'onnxruntime' was called with another backend.");
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

  protected make(dtype: NativeType, shape: number[], data: Data): TensorInfo {
    const info = this.makeTensorInfo(shape, dtype, new arrayTypes[dtype](0));
    this.data.delete(info.dataId);
    this.data.set(info.dataId, data);
    return info;
  }

  #unblock(data: BlockedData): Float32Array {
    const blocked = data.blocked!;
    const plain = this.allocate(blocked.length, 'float32') as Float32Array;
    this.#reorder(data.shape).run(
      { x: floatFeed(blocked, blockedDims(data.shape)) },
      { y: floatFeed(plain, data.shape) },
    );
    data.blocked = null;
    this.pool.release(blocked.buffer);
    this.pool.retain(plain.buffer);
    return plain;
  }

  #reorder(shape: readonly number[]): Session {
    const load = () => {
      const graph = new GraphBuilder();
      graph.input('x', 'float32', blockedDims(shape));
      graph.nodes(
        'ReorderOutput',
        ['x'],
        1,
        { channels: shape[3]!, channels_last: 1 },
        { domain: nchwcDomain, outputs: ['y'] },
      );
      graph.output('y', 'float32', shape);
      const bytes = shape.reduce((a, b) => a * b, 4);
      return { session: Session.load(graph, bytes) };
    };
    return this.#reorders.get(shape.join(), load).session;
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
    this.#reorders.clear();
    this.pool.trim();
  }
}
