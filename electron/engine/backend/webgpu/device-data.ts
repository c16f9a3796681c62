import type { DeviceTensor } from '../onnxruntime/feed.ts';
import { LazyData } from '../onnxruntime/tensor-data.ts';
import { download } from './transfer.ts';

/** A float32 tensor in the device's memory, copied from there when somebody reads its values. */
export class DeviceData extends LazyData {
  override readonly dtype = 'float32';
  override readonly array = null;
  #tensor: DeviceTensor | null;
  #values: Float32Array | null = null;

  constructor(tensor: DeviceTensor) {
    super();
    this.#tensor = tensor;
  }

  /** null once it was taken from the device. */
  get tensor(): DeviceTensor | null {
    return this.#tensor;
  }

  override get values(): Float32Array {
    if (!this.#values) {
      if (!this.#tensor) throw new Error("A tensor was read after its device's memory was freed.");
      const values = new Float32Array(this.#tensor.dims.reduce((a, b) => a * b, 1));
      download(this.#tensor, values);
      this.#values = values;
    }
    return this.#values;
  }

  /** Keeps the values and frees the device's memory. */
  retrieve(): void {
    if (this.#tensor) this.#values = this.values;
    this.release();
  }

  /** Frees the device's memory. */
  release(): void {
    this.#tensor?.dispose();
    this.#tensor = null;
  }
}
