import * as tf from '@tensorflow/tfjs-core';
import type { ModelRecipe } from '../../contract/recipe/model.ts';
import type { BenchRow } from '../../contract/bench.ts';
import type { CallContext } from '../../contract/method.ts';
import { optimizerSchema } from '../../contract/optimizers.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { DistillError } from '../../contract/errors.ts';
import { chooseBackend } from '../backend/choose.ts';
import { onLabels } from '../distill/objective.ts';
import { createModel } from '../models/index.ts';
import { random } from '../numbers/random.ts';
import { Optimizer } from '../train/optimizer.ts';
import { breathe } from '../train/batch-source.ts';
import { dropoutMasks, unpack } from '../train/step.ts';
import { TrainingStep } from '../train/training-step.ts';

export interface BenchInput {
  architecture: ModelRecipe['architecture'];
  width: number | null;
  stem: ModelRecipe['stem'];
  size: number;
  batchSize: number;
  steps: number;
  runtime: Runtime;
}

const classes = 43;
const warmUp = 2;

/** Whole training steps (forward, backward, Adam, batch-norm statistics) on noise: images per second of the median step. */
export async function benchStep(
  input: BenchInput,
  { signal, progress }: CallContext,
): Promise<{ rows: BenchRow[]; backend: string }> {
  const { name } = await chooseBackend(input.runtime.backend, input.runtime.threads);
  const { architecture, width, stem, size, batchSize, steps } = input;
  const model = createModel({ architecture, width, stem, head: 'linear' }, classes, 1);
  const optimizer = new Optimizer(model.parameters, optimizerSchema.parse({}));
  const noise = random(1, 'bench');
  const images = new Float32Array(new SharedArrayBuffer(batchSize * size * size * 3 * 4));
  for (let i = 0; i < images.length; i++) images[i] = noise.normal();
  const labels = Int32Array.from({ length: batchSize }, () => noise.integer(classes));
  const batch = { images, labels, indices: Int32Array.from(labels.keys()), n: batchSize };
  const objective = onLabels();
  const hyper = { learningRates: Array.from({ length: model.groups }, () => 1e-3), momentum: 0.9 };
  const times: number[] = [];
  const trace = input.runtime.trace !== 'off';
  const training = new TrainingStep({ model, objective, optimizer, clipNorm: null, trace });
  try {
    for (let step = 0; step < warmUp + steps; step++) {
      if (signal.aborted) throw new DistillError('CANCELLED', 'The benchmark was cancelled.');
      const start = performance.now();
      const dropoutMask = dropoutMasks(1, 'bench', step);
      const readout = training.run(batch, { epoch: 1, hyper, dropoutMask });
      await unpack(readout, objective);
      if (step >= warmUp) times.push(performance.now() - start);
      progress({ done: step + 1, total: warmUp + steps });
      await breathe();
    }
  } finally {
    training.dispose();
    optimizer.dispose();
    model.dispose();
  }
  times.sort((a, b) => a - b);
  const medianMs = times[times.length >> 1]!;
  const row: BenchRow = {
    name: `${architecture}, ${size} px, batch ${batchSize}: training step`,
    imagesPerSecond: (batchSize / medianMs) * 1000,
    medianMs,
    minMs: times[0]!,
    maxMs: times.at(-1)!,
  };
  return { rows: [row], backend: tf.getBackend() === name ? name : tf.getBackend() };
}
