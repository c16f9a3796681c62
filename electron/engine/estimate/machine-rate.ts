import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerSchema } from '../../contract/optimizers.ts';
import { modelSchema } from '../../contract/recipe/model.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { chooseBackend } from '../backend/choose.ts';
import { tracesSteps } from '../backend/trace.ts';
import { onLabels } from '../distill/objective.ts';
import { forwardWork, type NetworkCost, networkCost, stepWork } from '../models/cost.ts';
import { createModel } from '../models/index.ts';
import { random } from '../numbers/random.ts';
import { Optimizer } from '../train/optimizer.ts';
import { unpack } from '../train/step.ts';
import { TrainingStep } from '../train/training-step.ts';

/** How fast this machine predicts one image: a price per layer and one for its work. */
export interface ForwardRate {
  msPerLayer: number;
  /** Multiply-accumulates (forwardWork) a millisecond. */
  workPerMs: number;
}

const classes = 10;
const model = (width: number) => modelSchema.parse({ architecture: 'cifar_resnet8', width, stem: 'small' });
/** So small that only the layers' number counts, and one whose work counts. */
const probes = { layers: { recipe: model(4), size: 8 }, work: { recipe: model(32), size: 32 } };
const forwardPasses = 8;

const step = { recipe: model(16), size: 32, batchSize: 32, passes: 3 };

/** The least of some times: on a busy machine the others include its other work. */
async function least(passes: number, pass: () => Promise<void> | void): Promise<number> {
  let best = Infinity;
  // The first builds kernels or graphs.
  for (let i = 0; i <= passes; i++) {
    const start = performance.now();
    await pass();
    if (i > 0) best = Math.min(best, performance.now() - start);
    await setImmediate();
  }
  return best;
}

async function timeForward({ recipe, size }: (typeof probes)['work']): Promise<number> {
  const network = createModel(recipe, classes, 1);
  const image = new Float32Array(size * size * 3).fill(0.5);
  try {
    return await least(forwardPasses, () => {
      tf.tidy(() => {
        network.forward(tf.tensor4d(image, [1, size, size, 3]), { training: false }).logits.dataSync();
      });
    });
  } finally {
    network.dispose();
  }
}

async function measureForward(): Promise<ForwardRate> {
  const { layers, work } = probes;
  const msPerLayer = (await timeForward(layers)) / networkCost(layers.recipe, classes, layers.size).depth;
  const cost = networkCost(work.recipe, classes, work.size);
  const ms = await timeForward(work);
  // Where the price of layers is all that shows, no more than half of the time is taken for it.
  const own = Math.max(ms - cost.depth * msPerLayer, ms / 2);
  return { msPerLayer, workPerMs: forwardWork(cost) / own };
}

/** Seconds for a multiply-accumulate of training steps (stepWork). */
async function measureSteps(trace: boolean): Promise<number> {
  const { recipe, size, batchSize, passes } = step;
  const network = createModel(recipe, classes, 1);
  const optimizer = new Optimizer(network.parameters, optimizerSchema.parse({}));
  const objective = onLabels();
  const training = new TrainingStep({ model: network, objective, optimizer, clipNorm: null, trace });
  const noise = random(1, 'machine-rate');
  const images = new Float32Array(new SharedArrayBuffer(batchSize * size * size * 3 * 4));
  for (let i = 0; i < images.length; i++) images[i] = noise.float();
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes);
  const batch = { images, labels, indices: Int32Array.from(labels.keys()), n: batchSize };
  const hyper = { learningRates: Array.from({ length: network.groups }, () => 1e-3), momentum: 0.9 };
  try {
    const ms = await least(passes, async () => {
      await unpack(training.run(batch, { epoch: 1, hyper }), objective);
    });
    return ms / 1000 / stepWork(networkCost(recipe, classes, size), batchSize);
  } finally {
    training.dispose();
    optimizer.dispose();
    network.dispose();
  }
}

const forwardRates = new Map<string, Promise<ForwardRate>>();
const stepRates = new Map<string, Promise<number>>();

/** Has them measured again, after a run that took its share of the machine. */
export function forgetRates(): void {
  forwardRates.clear();
  stepRates.clear();
}

/** Measures once per process and key; a failure is not kept. */
function once<T>(rates: Map<string, Promise<T>>, key: string, measure: () => Promise<T>): Promise<T> {
  let rate = rates.get(key);
  if (!rate) {
    rate = measure();
    rates.set(key, rate);
    rate.catch(() => rates.delete(key));
  }
  return rate;
}

/**
 * The rates of this machine, measured on small networks when they are first asked for (some tenths of a second each) and kept
 * for the process. Beside a run at work they are lower, and forgotten when it has ended. Throws BACKEND_UNAVAILABLE.
 */
export async function forwardRate({ backend, threads }: Runtime): Promise<ForwardRate> {
  const { name } = await chooseBackend(backend, threads);
  return once(forwardRates, `${name} ${threads}`, measureForward);
}

/** The same of training steps, and whether they are recorded. */
export async function stepRate({
  backend,
  threads,
  trace,
}: Runtime): Promise<{ backend: string; traced: boolean; secondsPerWork: number }> {
  const { name } = await chooseBackend(backend, threads);
  const traced = tracesSteps(trace);
  const secondsPerWork = await once(stepRates, `${name} ${threads} ${traced}`, () => measureSteps(traced));
  return { backend: name, traced, secondsPerWork };
}

/** One image's forward pass in milliseconds, by the measured rate. */
export function latencyOf(cost: NetworkCost, { msPerLayer, workPerMs }: ForwardRate): number {
  return cost.depth * msPerLayer + forwardWork(cost) / workPerMs;
}
