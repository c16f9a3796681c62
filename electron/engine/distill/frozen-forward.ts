import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { canTraceForward, isRecording, type Replay, traceStep } from '../backend/trace.ts';
import type { Model } from '../models/model.ts';

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
  readonly #variables: Variable[];
  #recording: Recording | null = null;

  constructor(model: Model, batchSize: number) {
    this.#model = model;
    this.#batchSize = batchSize;
    this.#variables = [...model.parameters, ...model.buffers].map(({ variable }) => variable);
  }

  /** Logits [n, classes] of normalised images [n, h, w, 3], kernel by kernel where they cannot be replayed. The caller disposes. */
  logits(images: Tensor4D): Tensor2D {
    return tf.tidy(() => {
      // Within a step that is being recorded the pass is a part of that step's graph.
      const replay = isRecording() || !canTraceForward() ? null : this.#replayFor(images);
      return replay ? this.#replayed(images, replay) : this.#model.forward(images, { training: false });
    });
  }

  dispose(): void {
    this.#recording?.replay?.dispose();
    this.#recording = null;
  }

  #replayed(images: Tensor4D, replay: Replay): Tensor2D {
    const [n, h, w, channels] = images.shape;
    const size = this.#batchSize;
    const parts: Tensor2D[] = [];
    for (let begin = 0; begin < n; begin += size) {
      const count = Math.min(size, n - begin);
      const part = count === n ? images : tf.slice4d(images, [begin, 0, 0, 0], [count, h, w, channels]);
      const filled = count < size ? tf.concat4d([part, tf.zeros([size - count, h, w, channels])], 0) : part;
      const [logits] = replay.run([filled]) as [Tensor2D];
      parts.push(count < size ? tf.slice2d(logits, [0, 0], [count, -1]) : logits);
    }
    return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
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
      return [this.#model.forward(batch, { training: false })];
    };
    const { traced } = traceStep(step, { variables: [], frozen: this.#variables });
    batch.dispose();
    this.#recording = { image, weights, replay: traced };
    return traced;
  }
}
