import type { TensorInfo } from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from '../onnxruntime/backend.ts';
import type { DeviceTensor, Provider } from '../onnxruntime/session.ts';
import { DeviceData } from './device-data.ts';

/**
 * The onnxruntime backend with its recorded steps on a GPU. What is not recorded runs on the processor, and fetches what it reads
 * of the device's tensors.
 */
export class WebGpuBackend extends OnnxRuntimeBackend {
  override readonly provider: Provider = 'webgpu';

  /** The tensor's own memory on the device; null where its values are not there. */
  deviceTensor({ dataId }: TensorInfo): DeviceTensor | null {
    const data = this.data.get(dataId);
    return data instanceof DeviceData ? data.tensor : null;
  }

  /** A tensor out of one on the device, which goes with it. */
  makeOnDevice(shape: number[], data: DeviceData): TensorInfo {
    return this.makeOf('float32', shape, data);
  }

  override disposeData(dataId: object, force?: boolean): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && data instanceof DeviceData) data.release();
    return gone;
  }
}
