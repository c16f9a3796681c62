import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { size } from '../onnxruntime/kernel.ts';
import type { DeviceTensor, Feed } from '../onnxruntime/session.ts';
import { feedOf, type Parts, type Replay } from '../onnxruntime/traced-step.ts';
import type { WebGpuBackend } from './backend.ts';
import { DeviceData } from './device-data.ts';
import { upload } from './transfer.ts';

/** A step as one graph on a device, on which variables and constants stay from step to step. */
export class DeviceStep implements Replay {
  readonly #backend: WebGpuBackend;
  readonly #parts: Parts;
  readonly #constants: Record<string, DeviceTensor>;
  /** Made by the session: to be freed before it. */
  readonly #made = new Set<DeviceData>();

  constructor(backend: WebGpuBackend, parts: Parts) {
    this.#backend = backend;
    this.#parts = parts;
    this.#constants = Object.fromEntries(
      Object.entries(parts.constants).map(([name, feed]) => [name, upload(feed)]),
    );
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    const { session, inputs: slots, variables, outputs } = this.#parts;
    const feeds: Record<string, Feed | DeviceTensor> = { ...this.#constants };
    slots.forEach((slot, i) => (feeds[slot.name] = feedOf(slot, this.#backend.plainArray(inputs[i]!))));
    for (const { variable, input } of variables) feeds[input] = this.#place(variable);
    const results = outputs.map((slot) => this.#backend.allocate(size(slot.shape), slot.dtype));
    const fetches = Object.fromEntries(outputs.map((slot, i) => [slot.name, feedOf(slot, results[i]!)]));
    const kept = session.run(feeds, fetches);
    for (const { variable, output } of variables) {
      if (!output) continue;
      const data = new DeviceData(kept[output.name]!);
      this.#made.add(data);
      this.#assign(variable, data);
    }
    for (const data of this.#made) if (!data.tensor) this.#made.delete(data);
    return outputs.map(({ shape, dtype }, i) =>
      tf.engine().makeTensorFromTensorInfo(this.#backend.makeTensorInfo(shape, dtype, results[i])),
    );
  }

  dispose(): void {
    for (const data of this.#made) data.retrieve();
    for (const tensor of Object.values(this.#constants)) tensor.dispose();
    this.#parts.session.dispose();
  }

  /** The variable's place on the device, to which it is brought if it is not there. */
  #place(variable: Variable): DeviceTensor {
    const known = this.#backend.deviceTensor(variable);
    if (known) return known;
    const { shape } = variable;
    const tensor = upload(feedOf({ shape, dtype: 'float32' }, this.#backend.plainArray(variable)));
    this.#assign(variable, new DeviceData(tensor));
    return tensor;
  }

  #assign(variable: Variable, data: DeviceData): void {
    tf.tidy(() => {
      const info = this.#backend.makeOnDevice(variable.shape, data);
      variable.assign(tf.engine().makeTensorFromTensorInfo(info));
    });
  }
}
