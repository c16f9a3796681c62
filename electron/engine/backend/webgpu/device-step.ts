import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { DeviceTensor, Feed } from '../onnxruntime/session.ts';
import { feedOf, newOutput, type Parts, type Replay } from '../onnxruntime/traced-step.ts';
import type { WebGpuBackend } from './backend.ts';
import { DeviceData } from './device-data.ts';
import { upload } from './transfer.ts';

/** A step as one graph on the device, where variables and constants stay from step to step. */
export class DeviceStep implements Replay {
  readonly #backend: WebGpuBackend;
  readonly #parts: Parts;
  readonly #constants: Record<string, DeviceTensor>;
  /** Made by the session, which must outlive them. */
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
    for (const { variable, input } of variables) feeds[input] = this.#onDevice(variable);
    const fetches: Record<string, Feed> = {};
    const results = outputs.map((slot) => newOutput(this.#backend, slot, fetches));
    const kept = session.run(feeds, fetches);
    for (const { variable, output } of variables)
      if (output) this.#assign(variable, this.#owned(kept[output.name]!));
    return outputs.map((slot, i) =>
      tf
        .engine()
        .makeTensorFromTensorInfo(this.#backend.makeTensorInfo(slot.shape, slot.dtype, results[i]!)),
    );
  }
}
