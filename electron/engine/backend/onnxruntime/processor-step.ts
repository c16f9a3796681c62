import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { size } from './kernel.ts';
import type { NativeArray } from './native-array.ts';
import type { PooledBackend } from './pooled-backend.ts';
import type { Feed } from './feed.ts';
import type { Session } from './session.ts';
import { feedOf, type Replay, type Slot, type StepParts } from './step-parts.ts';

/** A step as one graph on the processor. */
export class ProcessorStep implements Replay {
  readonly #backend: PooledBackend;
  readonly #parts: StepParts;
  readonly #session: Session;
  /** The variables, by their inputs, whose new values the graph lets be written over the old ones. */
  readonly #inPlace: ReadonlySet<string>;

  constructor(
    backend: PooledBackend,
    parts: StepParts,
    { session, inPlace }: { session: Session; inPlace: ReadonlySet<string> },
  ) {
    this.#backend = backend;
    this.#parts = parts;
    this.#session = session;
    this.#inPlace = inPlace;
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    const { inputs: slots, variables, constants, outputs } = this.#parts;
    const feeds: Record<string, Feed> = { ...constants };
    slots.forEach((slot, i) => (feeds[slot.name] = feedOf(slot, this.#backend.plainArray(inputs[i]!))));
    const fetches: Record<string, Feed> = {};
    const allocate = (slot: Slot): NativeArray => {
      const data = this.#backend.allocate(size(slot.shape), slot.dtype);
      fetches[slot.name] = feedOf(slot, data);
      return data;
    };
    // A weight may be written before the last gradient that reads it is computed: it gets another array. So does one whose array
    // others hold, too.
    const updates = variables.map(({ variable, input, output }) => {
      const old = this.#backend.plainArray(variable);
      feeds[input] = feedOf({ shape: variable.shape, dtype: 'float32' }, old);
      if (!output) return null;
      if (!this.#inPlace.has(input) || !this.#backend.isSoleHolder(variable))
        return { output, data: allocate(output) };
      fetches[output.name] = feedOf(output, old);
      return null;
    });
    const results = outputs.map(allocate);
    this.#session.run(feeds, fetches);
    tf.tidy(() => {
      updates.forEach((update, i) => {
        if (update) variables[i]!.variable.assign(this.#tensor(update.output, update.data));
      });
    });
    return outputs.map((slot, i) => this.#tensor(slot, results[i]!));
  }

  dispose(): void {
    this.#session.dispose();
  }

  #tensor({ shape, dtype }: Slot, data: NativeArray): Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.#backend.makeTensorInfo(shape, dtype, data));
  }
}
