import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { canTraceForward, isRecording, type Replay, traceStep } from '../backend/trace.ts';
import type { Model, ModelOutputs } from '../models/model.ts';
import { logitsOnly, outputsFrom, tensorsOf, tidyOutputs, type Wanted } from '../models/model-outputs.ts';

interface Recording {
  /** [h, w, 3] */
  image: number[];
  /** Whose values went into the graph. */
  weights: object[];
  /** null where it cannot be a graph. */
  replay: Replay | null;
}

/**
 * A frozen model's forward pass in evaluation mode, recorded as one graph in which its batch norm is folded. The graph is for one
 * batch size: batches are cut up or filled up to it, so that an image's logits do not depend on which batches came before (a
 * resumed training must end with the bits of one that was never stopped). The model must not be trained meanwhile.
 */
export class FrozenForward {
  readonly #model: Model;
  readonly #batchSize: number;
  readonly #wanted: Wanted;
  readonly #variables: Variable[];
  #recording: Recording | null = null;

  constructor(model: Model, batchSize: number, wanted: Wanted = logitsOnly) {
    this.#model = model;
    this.#batchSize = batchSize;
    this.#wanted = wanted;
    this.#variables = [...model.parameters, ...model.buffers].map(({ variable }) => variable);
  }

  /** Outputs for normalised images [n, h, w, 3], kernel by kernel where they cannot be replayed. The caller disposes. */
  forward(images: Tensor4D): ModelOutputs {
    return tidyOutputs(() => {
      // Within a step that is being recorded the pass is a part of that step's graph.
      const replay = isRecording() || !canTraceForward() ? null : this.#replayFor(images);
      return replay ? this.#replayed(images, replay) : this.#eager(images);
    });
  }

  dispose(): void {
    this.#recording?.replay?.dispose();
    this.#recording = null;
  }

  #eager(images: Tensor4D): ModelOutputs {
    return this.#model.forward(images, { training: false, ...this.#wanted });
  }

  #replayed(images: Tensor4D, replay: Replay): ModelOutputs {
    const [n, h, w, channels] = images.shape;
    const size = this.#batchSize;
    const parts: Tensor[][] = [];
    for (let begin = 0; begin < n; begin += size) {
      const count = Math.min(size, n - begin);
      const part = count === n ? images : tf.slice4d(images, [begin, 0, 0, 0], [count, h, w, channels]);
      const filled = count < size ? tf.concat4d([part, tf.zeros([size - count, h, w, channels])], 0) : part;
      const outputs = replay.run([filled]);
      parts.push(count < size ? outputs.map((output) => tf.slice(output, 0, count)) : outputs);
    }
    const whole = parts[0]!.map((first, i) =>
      parts.length === 1
        ? first
        : tf.concat(
            parts.map((part) => part[i]!),
            0,
          ),
    );
    return outputsFrom(whole, this.#wanted);
  }

  #replayFor(images: Tensor4D): Replay | null {
    const image = images.shape.slice(1);
    const weights = this.#variables.map(({ dataId }) => dataId);
    const known = this.#recording;
    const isKnown =
      known !== null &&
      known.image.every((side, i) => side === image[i]) &&
      known.weights.every((dataId, i) => dataId === weights[i]);
    if (isKnown) return known.replay;
    this.dispose();
    const batch = tf.zeros<tf.Rank.R4>([this.#batchSize, ...image] as Tensor4D['shape']);
    const step = (declare: (tensor: Tensor) => void): Tensor[] => {
      declare(batch);
      return tensorsOf(this.#eager(batch));
    };
    const { traced } = traceStep(step, { variables: [], frozen: this.#variables });
    batch.dispose();
    this.#recording = { image, weights, replay: traced };
    return traced;
  }
}
