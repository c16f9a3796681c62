import type { TensorInfo } from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from '../onnxruntime/backend.ts';
import type { DeviceTensor, Provider } from '../onnxruntime/session.ts';
import { DeviceData } from './device-data.ts';

/**
 * The onnxruntime backend with its recorded steps on a GPU. What is not recorded runs on the processor, which fetches the values
 * that it reads.
 */
export class WebGpuBackend extends OnnxRuntimeBackend {
  override readonly provider: Provider = 'webgpu';

  /** The tensor's place on the device; null where it is not there. */
  deviceTensor({ dataId }: TensorInfo): DeviceTensor | null {
    const data = this.data.get(dataId);
    return data instanceof DeviceData ? data.tensor : null;
  }

  /** A tensor of values on the device; they are freed with it. */
  makeOnDevice(shape: number[], data: DeviceData): TensorInfo {
    return this.make('float32', shape, data);
  }

  override disposeData(dataId: object, force?: boolean): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && data instanceof DeviceData) data.release();
    return gone;
  }
}
