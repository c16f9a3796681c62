import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { averageUpdates } from '../backend/ops/average.ts';
import type { Callback, Training } from './callback.ts';
import { readVariables, writeVariables } from './snapshot.ts';
import type { Saved, Stateful } from './stateful.ts';

interface Named {
  name: string;
  variable: Variable;
}

/** One update whose decay is a tensor, so that a recorded step can be given others. */
export interface PreparedAverage {
  scalars: readonly Tensor1D[];
  /** The averages. */
  variables: readonly Variable[];
  apply: () => void;
}

const savedSchema = z.object({ updates: z.number().int().min(0) });

/** timm's use_warmup (ModelEmaV3): with gamma 1 and power 2/3 the average begins as the weights after the first update. */
export const decayAt = (update: number, decay: number): number => Math.min(decay, 1 - update ** (-2 / 3));

/**
 * Exponential moving average of everything that a network's outputs depend on. Running statistics are averaged as the weights are,
 * as timm does and torchvision's training does: those of the newest weights alone would not fit averaged ones. The averages stand
 * in for the weights while the network is validated, and at the end unless the best epoch's do.
 */
export class WeightAverage implements Stateful, Callback {
  readonly key = 'average';
  readonly #values: readonly Named[];
  readonly #averages: readonly Named[];
  readonly #decay: number;
  #updates = 0;
  /** The weights themselves, while the averages stand in for them. */
  #held: readonly Tensor[] | null = null;

  constructor(values: readonly Named[], decay: number) {
    this.#values = values;
    this.#decay = decay;
    this.#averages = values.map(({ name, variable }) => ({
      name,
      variable: tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)),
    }));
  }

  /** Counts one more update. The caller disposes of the scalars. */
  prepare(): PreparedAverage {
    const rest = tf.tensor1d([1 - decayAt(++this.#updates, this.#decay)]);
    return {
      scalars: [rest],
      variables: this.#averages.map(({ variable }) => variable),
      apply: () => {
        const updates = this.#averages.map(({ variable }, i) => ({
          average: variable,
          value: this.#values[i]!.variable,
        }));
        averageUpdates(updates, rest);
      },
    };
  }

  beforeValidation(): void {
    if (this.#held !== null || this.#updates === 0) return;
    this.#held = this.#values.map(({ variable }) => tf.keep(variable.clone()));
    this.#assign(this.#averages.map(({ variable }) => variable));
  }

  afterEpoch(): void {
    this.#giveBack();
  }

  beforeStop(): void {
    this.#giveBack();
  }

  afterFit({ bestEpoch }: Training): void {
    if (bestEpoch === null && this.#updates > 0) this.#assign(this.#averages.map(({ variable }) => variable));
  }

  async save(): Promise<Saved> {
    return { values: { updates: this.#updates }, tensors: await readVariables(this.#averages) };
  }

  load(saved: Saved): void {
    const { updates } = savedSchema.parse(saved.values);
    writeVariables(this.#averages, saved.tensors);
    this.#updates = updates;
  }

  dispose(): void {
    tf.dispose([...(this.#held ?? []), ...this.#averages.map(({ variable }) => variable)]);
    this.#held = null;
  }

  #giveBack(): void {
    if (this.#held === null) return;
    this.#assign(this.#held);
    tf.dispose([...this.#held]);
    this.#held = null;
  }

  #assign(tensors: readonly Tensor[]): void {
    tf.tidy(() => {
      for (const [i, { variable }] of this.#values.entries()) variable.assign(tensors[i]!.clone());
    });
  }
}
