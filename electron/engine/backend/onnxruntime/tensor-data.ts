import type { TensorData } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import type { backend_util, DataType } from '@tensorflow/tfjs-core';
import type { NativeType } from './native-array.ts';
import { Untraceable } from './untraceable.ts';

/** A tensor whose row-major values are made when somebody reads them. */
export abstract class LazyData implements TensorData<DataType> {
  refCount = 1;
  abstract readonly dtype: NativeType;
  /** Throws where there are none to be had. */
  abstract get values(): backend_util.BackendValues;
  /** The array that it lives in now; null: none in memory. */
  abstract readonly array: backend_util.BackendValues | null;
}

/** A float32 tensor that is blocked until somebody reads its values. */
export class BlockedData extends LazyData {
  override readonly dtype = 'float32';
  readonly shape: readonly number[];
  blocked: Float32Array | null;
  #plain: backend_util.BackendValues | null = null;
  readonly #unblock: (data: BlockedData) => Float32Array;

  constructor(shape: readonly number[], blocked: Float32Array, unblock: (data: BlockedData) => Float32Array) {
    super();
    this.shape = shape;
    this.blocked = blocked;
    this.#unblock = unblock;
  }

  override get array(): backend_util.BackendValues | null {
    return this.blocked ?? this.#plain;
  }

  override get values(): backend_util.BackendValues {
    this.#plain ??= this.#unblock(this);
    return this.#plain;
  }

  override set values(values: backend_util.BackendValues) {
    this.#plain = values;
  }
}

/** A tensor of a step that is being recorded: its values come with the replay. */
export class ValuelessData extends LazyData {
  override readonly dtype: NativeType;
  override readonly array = null;
  readonly #shape: readonly number[];

  constructor(shape: readonly number[], dtype: NativeType) {
    super();
    this.#shape = shape;
    this.dtype = dtype;
  }

  override get values(): never {
    throw new Untraceable(
      `something other than a native kernel reads a value of shape [${this.#shape.join(', ')}]`,
    );
  }
}
