import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { size } from '../onnxruntime/kernel.ts';
import type { PooledBackend } from '../onnxruntime/pooled-backend.ts';
import type { DeviceTensor, Feed } from '../onnxruntime/feed.ts';
import type { Session } from '../onnxruntime/session.ts';
import { feedOf, type Replay, type StepParts } from '../onnxruntime/step-parts.ts';
import { DeviceData } from './device-data.ts';
import { upload } from './transfer.ts';

/** A step as one graph on a device, on which variables and constants stay from step to step. */
export class DeviceStep implements Replay {
  readonly #backend: PooledBackend;
  readonly #parts: StepParts;
  readonly #session: Session;
  readonly #constants: Record<string, DeviceTensor>;
  /** Made by the session: to be freed before it. */
  readonly #made = new Set<DeviceData>();

  constructor(backend: PooledBackend, parts: StepParts, session: Session) {
    this.#backend = backend;
    this.#parts = parts;
    this.#session = session;
    this.#constants = Object.fromEntries(
      Object.entries(parts.constants).map(([name, feed]) => [name, upload(feed)]),
    );
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    const { inputs: slots, variables, outputs } = this.#parts;
    const feeds: Record<string, Feed | DeviceTensor> = { ...this.#constants };
    slots.forEach((slot, i) => (feeds[slot.name] = feedOf(slot, this.#backend.plainArray(inputs[i]!))));
    for (const { variable, input } of variables) feeds[input] = this.#place(variable);
    const results = outputs.map((slot) => this.#backend.allocate(size(slot.shape), slot.dtype));
    const fetches = Object.fromEntries(outputs.map((slot, i) => [slot.name, feedOf(slot, results[i]!)]));
    const kept = this.#session.run(feeds, fetches);
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
    this.#session.dispose();
  }

  /** The variable's place on the device, to which it is brought if it is not there. */
  #place(variable: Variable): DeviceTensor {
    const data = this.#backend.data.get(variable.dataId);
    if (data instanceof DeviceData && data.tensor) return data.tensor;
    const { shape } = variable;
    const tensor = upload(feedOf({ shape, dtype: 'float32' }, this.#backend.plainArray(variable)));
    this.#assign(variable, new DeviceData(tensor));
    return tensor;
  }

  #assign(variable: Variable, data: DeviceData): void {
    tf.tidy(() => {
      const info = this.#backend.make('float32', variable.shape, data);
      variable.assign(tf.engine().makeTensorFromTensorInfo(info));
    });
  }
}
