import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { canTrace, traceStep, type Replay } from '../backend/trace.ts';
import type { Batch } from '../data/batch.ts';
import type { Objective } from '../distill/objective.ts';
import type { ForwardContext, Model } from '../models/model.ts';
import { tensorsOf } from '../models/model-outputs.ts';
import { clipByGlobalNorm } from './clip.ts';
import type { Optimizer, PreparedUpdate, StepHyper } from './optimizer.ts';
import {
  batchTensors,
  gradients,
  pack,
  trainedParameters,
  type Readout,
  type StepResults,
  type StepTensors,
} from './step.ts';
import type { PreparedAverage, WeightAverage } from './weight-average.ts';

export interface TrainingStepOptions {
  model: Model;
  objective: Objective;
  optimizer: Optimizer;
  /** Of the weights, updated after them; none unless given. */
  average?: WeightAverage | null;
  /** Upper limit of the gradients' global norm; null: none. */
  clipNorm: number | null;
  /** Whether to record the step and replay it as one graph, where the backend can. */
  trace: boolean;
}

/** What differs from step to step, besides the batch. */
export interface StepPlace {
  /** 1-based. */
  epoch: number;
  hyper: StepHyper;
  dropoutMask?: ForwardContext['dropoutMask'];
}

type Mask = NonNullable<ForwardContext['dropoutMask']>;
type MaskRequest = Parameters<Mask>;

/** What a graph is made for; another kind of step needs another graph. */
interface Kind {
  /** [n, h, w, 3] */
  images: string;
  /** What is trained. Moments stand for their parameters; a cleared optimiser has new ones. */
  variables: string;
}

interface Recording {
  kind: Kind;
  /** null where a step of this kind cannot be replayed. */
  traced: Replay | null;
  masks: MaskRequest[];
}

/** An optimiser's update, after which the network has what it has in place of trained parameters: the average is of that, too. */
const withFold = (update: PreparedUpdate, objective: Objective, model: Model): PreparedUpdate => ({
  ...update,
  apply: (gradients) => {
    update.apply(gradients);
    objective.fold(model);
  },
});

/** An optimiser's update followed by that of the weights' average. */
const withAverage = (update: PreparedUpdate, average: PreparedAverage | null): PreparedUpdate =>
  average === null
    ? update
    : {
        scalars: [...update.scalars, ...average.scalars],
        variables: [...update.variables, ...average.variables],
        apply: (gradients) => {
          update.apply(gradients);
          average.apply();
        },
      };

/** The masks that were drawn already, then new ones. */
function beginningWith(drawn: readonly Tensor[], mask: Mask): Mask {
  let asked = 0;
  return (...request) => drawn[asked++]?.clone() ?? mask(...request);
}

/**
 * One network's training step: kernel by kernel, or recorded at the first call and replayed at the others. A batch of another shape
 * is computed kernel by kernel, and recorded in its turn where the next one is like it.
 */
export class TrainingStep {
  private readonly options: TrainingStepOptions;
  private recording: Recording | null = null;
  /** The newest step's shape of images. */
  private images = '';
  /** Why the newest kind of step is not replayed; null where it is, or was not asked to be. */
  failure: string | null = null;

  constructor(options: TrainingStepOptions) {
    this.options = options;
  }

  /** Whether the newest step was replayed. */
  get traced(): boolean {
    const { recording } = this;
    return recording !== null && recording.traced !== null && recording.kind.images === this.images;
  }

  /** One whole step. The caller disposes of the readout; no other tensor stays. */
  run(batch: Batch, place: StepPlace): Readout {
    return tf.tidy(() => {
      const results = this.results(batch, place);
      const readout = pack(results);
      // Those of the tape were kept.
      tf.dispose(results);
      return readout;
    });
  }

  dispose(): void {
    this.recording?.traced?.dispose();
    this.recording = null;
  }

  private results(batch: Batch, place: StepPlace): StepResults {
    const { model, objective, optimizer, average, trace } = this.options;
    const { images, views, labels, mixed } = batchTensors(batch);
    const at = { indices: batch.indices, epoch: place.epoch };
    const given = objective.givenOutputs(views, at);
    const weights = objective.scheduledWeights(place.epoch);
    const parameters = trainedParameters(model, objective);
    const prepared = withFold(optimizer.prepare(parameters, place.hyper), objective, model);
    const update = withAverage(prepared, average?.prepare() ?? null);
    const inputs = [
      images,
      ...objective.liveViews.map((view) => views[view]!),
      labels,
      ...(mixed ? [mixed.others, mixed.share] : []),
      ...given.flatMap((outputs) => (outputs ? tensorsOf(outputs) : [])),
      ...weights,
      ...update.scalars,
    ];
    const eager = (mask: Mask | undefined): StepResults => {
      const teachers = objective.teacherOutputs(views, at, given);
      return this.step({ images, labels, mixed, teachers, weights }, update, mask);
    };
    if (!trace || !canTrace()) return eager(place.dropoutMask);
    const kind: Kind = {
      images: images.shape.join(),
      variables: [update.scalars.length, ...update.variables.map(({ id }) => id)].join(),
    };
    const known = this.recording?.kind.variables === kind.variables ? this.recording : null;
    const fitting = known?.kind.images === kind.images ? known : null;
    const isOdd = known !== null && fitting === null && this.images !== kind.images;
    this.images = kind.images;
    // One batch of another shape, as an epoch may end with, is not worth a graph, nor the loss of the one that there is.
    if (isOdd) return eager(place.dropoutMask);
    const { recording, drawn } = fitting
      ? { recording: fitting, drawn: fitting.masks.map((request) => place.dropoutMask!(...request)) }
      : this.record(kind, inputs, update, eager, place.dropoutMask);
    try {
      if (recording.traced) return recording.traced.run([...inputs, ...drawn]) as StepResults;
      return eager(place.dropoutMask && beginningWith(drawn, place.dropoutMask));
    } finally {
      tf.dispose(drawn);
    }
  }

  private step(tensors: StepTensors, update: PreparedUpdate, dropoutMask: Mask | undefined): StepResults {
    const { model, objective, clipNorm } = this.options;
    const result = gradients({ model, objective, dropoutMask }, tensors);
    update.apply(clipNorm === null ? result.gradients : clipByGlobalNorm(result.gradients, clipNorm));
    return result.results;
  }

  /** Makes the recording for steps of this kind. Nothing is computed, and no mask is drawn twice. */
  private record(
    kind: Kind,
    inputs: readonly Tensor[],
    update: PreparedUpdate,
    eager: (mask: Mask | undefined) => StepResults,
    mask: Mask | undefined,
  ): { recording: Recording; drawn: Tensor[] } {
    this.dispose();
    const { model, objective } = this.options;
    const masks: MaskRequest[] = [];
    const drawn: Tensor[] = [];
    const variables: Variable[] = [
      ...[...model.parameters, ...model.buffers, ...objective.parameters].map(({ variable }) => variable),
      ...update.variables,
    ];
    const step = (declare: (tensor: Tensor) => void): Tensor[] => {
      inputs.forEach(declare);
      const declared: Mask | undefined =
        mask &&
        ((...request) => {
          const values = tf.keep(mask(...request));
          masks.push(request);
          drawn.push(values);
          declare(values);
          return values;
        });
      return eager(declared);
    };
    const { traced, failure } = traceStep(step, { variables, frozen: objective.teacherVariables });
    this.failure = failure;
    this.recording = { kind, traced, masks };
    return { recording: this.recording, drawn };
  }
}
