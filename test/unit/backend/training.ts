import * as tf from '@tensorflow/tfjs-core';
import { type OptimizerName, optimizerSchema } from '../../../electron/contract/optimizers.ts';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import type { Batch } from '../../../electron/engine/data/batch.ts';
import type { Distillation } from '../../../electron/engine/distill/distillation.ts';
import { type Objective, onLabels } from '../../../electron/engine/distill/objective.ts';
import { liveTeacher } from '../../../electron/engine/distill/teacher.ts';
import type { Teachers } from '../../../electron/engine/distill/teachers.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import { covering } from '../../../electron/engine/models/covering.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { Optimizer } from '../../../electron/engine/train/optimizer.ts';
import { modelVariables } from '../../../electron/engine/train/snapshot.ts';
import { dropoutMasks, type StepValues, unpack } from '../../../electron/engine/train/step.ts';
import { TrainingStep } from '../../../electron/engine/train/training-step.ts';
import { WeightAverage } from '../../../electron/engine/train/weight-average.ts';
import { distilling } from '../../support/distilling.ts';

/** Steps of small networks on made-up images, as training takes them. */

const classes = 5;

export interface TrainingSetting {
  architecture: ModelRecipe['architecture'];
  width?: number;
  head?: ModelRecipe['head'];
  size: number;
  batchSize?: number;
  /** A frozen network of the same kind whose answers, at T = 20, enter the loss. */
  teacher?: boolean;
  /** A second one, which weighs 3 beside the first one's 7: computed in the step, or given to it. */
  second?: 'live' | 'given';
  /** The classes that the teacher knows; all unless given. */
  covers?: readonly number[];
  /** Images of a batch that have labels; all unless given. */
  labelled?: number;
  /** Other terms, as recipes have them; their schedules go over five epochs of ten steps. */
  terms?: readonly object[];
  clipNorm?: number | null;
  labelSmoothing?: number;
  /** The decay of an average of the weights; none unless given. */
  ema?: number;
  /** AdamW unless given. */
  optimizer?: OptimizerName;
  classWeights?: readonly number[];
  /** Whether the labels are those of mixed images, in another proportion in each step. */
  mixed?: boolean;
  /** Of the first parameter group. */
  learningRate?: number;
  /** Puts another loss in the place of the recipe's. */
  loss?: Objective['loss'];
}

/** Noise whose brightness tells the class. */
export function batchOf(index: number, size: number, n: number): Batch {
  const stream = random(21, 'batch', index);
  const labels = Int32Array.from({ length: n }, () => stream.integer(classes));
  const pixels = 3 * size * size;
  const images = new Float32Array(new SharedArrayBuffer(4 * n * pixels));
  images.forEach((_, i) => (images[i] = labels[Math.floor(i / pixels)]! / 2 - 1 + stream.uniform(-1, 1)));
  return { images, labels, indices: labels.map((_, i) => index * n + i), n };
}

/** The network with logits ten times as large, about those of a trained one: a soft target of almost equal numbers is all rounding. */
function surer(model: Model): Model {
  const { variable } = model.parameters.at(-2)!;
  tf.tidy(() => variable.assign(tf.mul(variable, 10)));
  return model;
}

/** Values by name. */
export type State = Record<string, Float32Array>;

/** Root mean square of the differences of all tensors together, over that of the reference. */
export function overall(actual: State, expected: State): number {
  let [differences, scale] = [0, 0];
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, i) => {
      differences += (actual[name]![i]! - value) ** 2;
      scale += value ** 2;
    });
  }
  return Math.sqrt(differences / scale);
}

const twoTeachers = (models: readonly Model[], second: 'live' | 'given'): Teachers => ({
  average: 'probabilities',
  shares: [0.7, 0.3],
  members: models.map((model, k) => {
    const source = liveTeacher(model);
    return { source: k === 1 && second === 'given' ? { ...source, live: false } : source, view: 0 };
  }),
});

/** A network in training. */
export class Trial {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly average: WeightAverage | null;
  readonly step: TrainingStep;
  /** Shapes of the dropout masks that were drawn. */
  readonly masks: string[] = [];
  readonly #teachers: readonly Model[];
  readonly #distillation: Distillation | null;
  readonly #objective: Objective;
  readonly #setting: TrainingSetting;
  #steps = 0;

  constructor(setting: TrainingSetting, trace: boolean) {
    const { architecture, width = null, head = 'linear', clipNorm = null, labelSmoothing = 0 } = setting;
    const { classWeights = null } = setting;
    const recipe = modelSchema.parse({ architecture, width, head });
    this.#setting = setting;
    this.model = createModel(recipe, classes, 1);
    const seeds = [...(setting.teacher ? [2] : []), ...(setting.second ? [3] : [])];
    this.#teachers = seeds.map((seed) => surer(createModel({ ...recipe, head: 'linear' }, classes, seed)));
    const [teacher] = this.#teachers;
    const { terms = [{ method: 'soft-target', temperature: 20, weight: 1.4 }] } = setting;
    const distilled =
      teacher &&
      distilling({ labels: { weight: 0.3 }, terms }, this.model, covering(teacher, setting.covers ?? null), {
        labelSmoothing,
        classWeights,
        epochs: 5,
        ...(setting.second && { teachers: twoTeachers(this.#teachers, setting.second) }),
      });
    this.#distillation = distilled?.distillation ?? null;
    const objective = distilled?.objective ?? onLabels(labelSmoothing, classWeights);
    this.#objective = { ...objective, ...(setting.loss ? { loss: setting.loss } : {}) };
    this.optimizer = new Optimizer([...this.model.parameters, ...objective.parameters], {
      ...optimizerSchema.parse({ name: setting.optimizer ?? 'adamw' }),
      weightDecay: 0.01,
    });
    const { model, optimizer } = this;
    const average = setting.ema === undefined ? null : new WeightAverage(modelVariables(model), setting.ema);
    this.average = average;
    this.step = new TrainingStep({ model, objective: this.#objective, optimizer, average, clipNorm, trace });
  }

  /** One more step. */
  run(batchSize = this.#setting.batchSize ?? 8): Promise<StepValues> {
    const index = this.#steps++;
    const { learningRate = 2e-5 } = this.#setting;
    const learningRates = Array.from({ length: this.model.groups }, (_, i) => learningRate * (1 + i / 10));
    const draw = dropoutMasks(5, 'trial', index);
    const batch = batchOf(index % 4, this.#setting.size, batchSize);
    const labels = batch.labels.subarray(0, this.#setting.labelled);
    const readout = this.step.run(
      {
        ...batch,
        labels,
        ...(this.#setting.mixed && { mixed: { labels: labels.toReversed(), share: 0.6 + index / 100 } }),
      },
      {
        epoch: 1 + Math.floor(index / 10),
        // As one cycle does, both change from step to step.
        hyper: { learningRates, momentum: 0.95 - index / 1000 },
        dropoutMask: (shape, rate) => {
          this.masks.push(`${index}: ${shape.join()} ${rate}`);
          return draw(shape, rate);
        },
      },
    );
    return unpack(readout, this.#objective);
  }

  async runs(steps: number): Promise<StepValues[]> {
    const values: StepValues[] = [];
    for (let i = 0; i < steps; i++) values.push(await this.run());
    return values;
  }

  /** Weights and running statistics, and the optimiser's moments and the averages. */
  async state(): Promise<{ state: State; moments: State }> {
    const state = modelVariables(this.model).map(({ name, variable }) => [
      name,
      variable.dataSync<'float32'>().slice(),
    ]);
    const { tensors } = await this.optimizer.save();
    const averages = (await this.average?.save())?.tensors ?? [];
    const moments = [
      ...[...tensors].map(([name, { data }]) => [name, data]),
      ...[...averages].map(([name, { data }]) => [`average.${name}`, data]),
    ];
    return {
      state: Object.fromEntries(state) as State,
      moments: Object.fromEntries(moments) as State,
    };
  }

  dispose(): void {
    this.step.dispose();
    this.optimizer.dispose();
    this.average?.dispose();
    this.model.dispose();
    for (const teacher of this.#teachers) teacher.dispose();
    this.#distillation?.dispose();
  }
}

/** What steps leave behind. */
export interface Outcome {
  steps: StepValues[];
  state: State;
  moments: State;
  masks: string[];
  failure: string | null;
  /** Tensors that were there more at the end than after two steps. */
  tensorsLeft: number;
}

export async function trialOutcome(
  setting: TrainingSetting,
  steps: number,
  trace: boolean,
): Promise<Outcome> {
  const trial = new Trial(setting, trace);
  try {
    const first = await trial.runs(Math.min(2, steps));
    const { numTensors } = tf.memory();
    const rest = await trial.runs(steps - first.length);
    const tensorsLeft = tf.memory().numTensors - numTensors;
    const { masks, step } = trial;
    return {
      steps: [...first, ...rest],
      ...(await trial.state()),
      ...{ masks, tensorsLeft, failure: step.failure },
    };
  } finally {
    trial.dispose();
  }
}
