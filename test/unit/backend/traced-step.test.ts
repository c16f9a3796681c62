import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { OnnxRuntimeBackend } from '../../../electron/engine/backend/onnxruntime/backend.ts';
import { setSmallestNative } from '../../../electron/engine/backend/onnxruntime/large-enough.ts';
import { crossEntropy } from '../../../electron/engine/backend/ops/losses.ts';
import { traceStep } from '../../../electron/engine/backend/trace.ts';
import { relativeError } from '../../support/backends.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { type Outcome, overall, type State, Trial, type TrainingSetting, trialOutcome } from './training.ts';

// Counts the recordings; everything is computed as ever.
vi.mock('../../../electron/engine/backend/trace.ts', { spy: true });
const recordings = () => vi.mocked(traceStep).mock.calls.length;

beforeAll(useNativeBackend);
beforeEach(() => vi.clearAllMocks());

const cifar: TrainingSetting = { architecture: 'cifar_resnet8', width: 16, size: 16 };
const resnet: TrainingSetting = { architecture: 'resnet18', width: 16, size: 32 };
const fastai: TrainingSetting = { ...cifar, head: 'fastai' };

const ramp = { schedule: 'linear', from: 1, to: 0, epochs: 5 };
const onFeatures = [
  { method: 'fitnet', student: 'layer3', teacher: 'layer2', weight: ramp },
  {
    method: 'attention',
    stages: [{ student: 'layer1', teacher: 'layer1' }],
    weight: { ...ramp, from: 0, to: 100 },
  },
  { method: 'activation-boundaries', stages: [{ student: 'layer2', teacher: 'layer1' }] },
  { method: 'logits', weight: 1 },
];

const onBatches = [
  { method: 'similarity', weight: 30, stages: [{ student: 'layer3', teacher: 'layer2' }] },
  { method: 'rkd', weight: 1 },
  { method: 'pkt', weight: 300 },
];

const onClasses = [
  { method: 'dkd', weight: 0.1 },
  { method: 'nkd', weight: 0.1 },
  { method: 'dist', temperature: 4, weight: 1 },
  { method: 'soft-target', temperature: 2, standardise: true, weight: 0.1 },
];

const onReused = [
  { method: 'reused-classifier', weight: 1 },
  { method: 'soft-target', temperature: 4, weight: 0.5 },
];

const onLogits = [
  { method: 'soft-target', temperature: 4, weight: 1 },
  { method: 'logits', weight: 0.1 },
];

const lossesOf = ({ steps }: Outcome) => steps.map(({ loss }) => loss);

/** Names of the tensors that differ in any bit. */
const differing = (actual: State, expected: State): string[] =>
  Object.entries(expected)
    .filter(([name, values]) => Buffer.compare(bytesOf(actual[name]!), bytesOf(values)) !== 0)
    .map(([name]) => name);

const bytesOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** The tensor that differs most, relative to its largest value. */
function worst(actual: State, expected: State): { name: string; error: number } {
  const errors = Object.entries(expected).map(([name, values]) => ({
    name,
    error: relativeError(actual[name]!, values),
  }));
  return errors.reduce((a, b) => (b.error > a.error ? b : a));
}

/** The traced steps of a training are its eager ones, bit by bit: what differs, differs in the first of them that adapts to moments. */
const steps = 12;

describe('a dozen steps, traced and eager', { timeout: 120_000 }, () => {
  // What eager steps leave to JavaScript sums in another order; one ReLU that opens instead of closing shows in a moment.
  beforeAll(() => setSmallestNative(0));
  afterAll(() => setSmallestNative(2048));

  test.each<[string, TrainingSetting]>([
    ['CIFAR ResNet-8', cifar],
    ['ResNet-18, clipped gradients', { ...resnet, clipNorm: 0.5 }],
    ['smoothed labels, clipped gradients', { ...cifar, labelSmoothing: 0.1, clipNorm: 0.5 }],
    ['mixed images, weighted classes', { ...cifar, mixed: true, classWeights: [1, 0.5, 2, 1.5, 0] }],
    ["fastai's head, dropout", fastai],
    ['SGD, averaged', { ...cifar, optimizer: 'sgd', ema: 0.9, clipNorm: 0.5, learningRate: 1e-3 }],
    ['MobileNetV2', { architecture: 'mobilenet_v2', width: 16, size: 32, learningRate: 1e-6 }],
  ])('%s', async (_, setting) => {
    const eager = await trialOutcome(setting, steps, false);
    const traced = await trialOutcome(setting, steps, true);
    expect(traced.failure).toBeNull();
    expect(recordings()).toBe(1);
    expect(traced.masks).toEqual(eager.masks);
    expect(lossesOf(traced)).toEqual(lossesOf(eager));
    expect(Object.keys(traced.moments)).toHaveLength(Object.keys(eager.moments).length);
    expect(differing(traced.state, eager.state)).toEqual([]);
    expect(differing(traced.moments, eager.moments)).toEqual([]);
    expect([eager.tensorsLeft, traced.tensorsLeft]).toEqual([0, 0]);
  });

  // Each kind of layer that those above lack; stochastic depth draws its masks in the step's order.
  test.each<[string, TrainingSetting]>([
    ['EfficientNet-B0', { architecture: 'efficientnet_b0', width: 8, size: 32, learningRate: 1e-5 }],
    ['ShuffleNetV2', { architecture: 'shufflenet_v2_x0_5', width: 8, size: 32, learningRate: 1e-5 }],
    ['ConvNeXt-Tiny', { architecture: 'convnext_tiny', width: 4, size: 32, learningRate: 1e-5 }],
  ])('%s, four steps', async (_, setting) => {
    const eager = await trialOutcome(setting, 4, false);
    const traced = await trialOutcome(setting, 4, true);
    expect(traced.failure).toBeNull();
    expect(traced.masks).toEqual(eager.masks);
    expect(lossesOf(traced)).toEqual(lossesOf(eager));
    expect(differing(traced.state, eager.state)).toEqual([]);
    expect([eager.tensorsLeft, traced.tensorsLeft]).toEqual([0, 0]);
  });

  // The teacher's answers round otherwise where more is known about layouts; T = 20 makes 400 of it. Errors stay at 4e-8 until the
  // first ReLU opens that stays shut in the other (4e-6 at once): rates are so low that none does, or late.
  test.each<[string, TrainingSetting]>([
    ['T = 20', { ...resnet, teacher: true, learningRate: 1e-5 }],
    [
      'their logits',
      { ...cifar, teacher: true, terms: [{ method: 'logits', weight: 1.4 }], learningRate: 1e-5 },
    ],
    ['features, adapters and weights that change', { ...cifar, teacher: true, terms: onFeatures }],
    [
      'classes apart, correlations, standardised logits',
      { ...cifar, teacher: true, terms: onClasses, learningRate: 1e-5 },
    ],
    ['a classifier of some classes reused', { ...cifar, teacher: true, covers: [0, 2, 3], terms: onReused }],
    ['how images relate', { ...cifar, teacher: true, terms: onBatches }],
    [
      'two, their probabilities averaged',
      { ...cifar, teacher: true, second: 'live', terms: onLogits, learningRate: 1e-5 },
    ],
    ['one of two', { ...cifar, teacher: true, second: 'given', terms: onLogits, learningRate: 1e-5 }],
    ["T = 20, fastai's head, all options", { ...fastai, teacher: true, clipNorm: 1, labelSmoothing: 0.1 }],
    ['T = 20, mixed images', { ...cifar, teacher: true, mixed: true, labelled: 6, learningRate: 1e-5 }],
  ])('a live teacher: %s', async (_, setting) => {
    const eager = await trialOutcome(setting, steps, false);
    const traced = await trialOutcome(setting, steps, true);
    expect(traced.failure).toBeNull();
    // Weights that change need no other graph.
    expect(recordings()).toBe(1);
    expect(relativeError(lossesOf(traced), lossesOf(eager))).toBeLessThan(1e-5);
    expect(overall(traced.state, eager.state)).toBeLessThan(1e-5);
    expect(overall(traced.moments, eager.moments)).toBeLessThan(1e-4);
    expect([eager.tensorsLeft, traced.tensorsLeft]).toEqual([0, 0]);
  });
});

describe('a dozen steps with small tensors left to JavaScript, as in training', { timeout: 120_000 }, () => {
  test.each<[string, TrainingSetting]>([
    ['ResNet-18', resnet],
    ["fastai's head, dropout, smoothed labels", { ...fastai, labelSmoothing: 0.1 }],
  ])('%s', async (_, setting) => {
    const eager = await trialOutcome(setting, steps, false);
    const traced = await trialOutcome(setting, steps, true);
    expect(traced.failure).toBeNull();
    expect(relativeError(lossesOf(traced), lossesOf(eager))).toBeLessThan(1e-5);
    expect(worst(traced.state, eager.state).error, worst(traced.state, eager.state).name).toBeLessThan(1e-5);
  });

  // Of all weights together: a single ReLU that opens late moves one bias by 4e-4 of its size (docs/backend.md, "Numerics").
  test('a live teacher', async () => {
    const setting: TrainingSetting = { ...cifar, teacher: true };
    const eager = await trialOutcome(setting, steps, false);
    const traced = await trialOutcome(setting, steps, true);
    expect(relativeError(lossesOf(traced), lossesOf(eager))).toBeLessThan(1e-5);
    expect(overall(traced.state, eager.state)).toBeLessThan(1e-5);
  });
});

test('the same steps again give the same bits', async () => {
  const setting = { ...fastai, teacher: true };
  const [first, second] = [await trialOutcome(setting, 10, true), await trialOutcome(setting, 10, true)];
  expect(second.steps).toEqual(first.steps);
  expect(second.state).toEqual(first.state);
  expect(second.moments).toEqual(first.moments);
});

describe('what is replayed', () => {
  /** The same script, eager and traced; what the second run of it returns. */
  async function together(setting: TrainingSetting, script: (trial: Trial) => Promise<number[]>) {
    const [eager, traced] = [new Trial(setting, false), new Trial(setting, true)];
    try {
      await script(eager);
      expect(recordings()).toBe(0);
      const counts = await script(traced);
      expect(traced.step.failure).toBeNull();
      expect(worst((await traced.state()).state, (await eager.state()).state).error).toBeLessThan(1e-4);
      return counts;
    } finally {
      eager.dispose();
      traced.dispose();
    }
  }

  test('another batch size that stays makes another recording, other values do not', async () => {
    const counts = await together(cifar, async (trial) => {
      const after: number[] = [];
      for (const n of [8, 8, 8, 5, 5, 8]) {
        await trial.run(n);
        after.push(recordings());
      }
      return after;
    });
    expect(counts).toEqual([1, 1, 1, 1, 2, 2]);
  });

  test('an odd batch now and then costs no recording', async () => {
    const traced: boolean[] = [];
    const counts = await together(cifar, async (trial) => {
      for (const n of [8, 8, 5, 8, 5, 8, 3, 5, 8]) {
        await trial.run(n);
        traced.push(trial.step.traced);
      }
      return [recordings()];
    });
    expect(counts).toEqual([1]);
    // The first nine are the eager trial's.
    expect(traced.slice(9)).toEqual([true, true, false, true, false, true, false, false, true]);
  });

  test.each<[string, Partial<TrainingSetting>]>([
    ['soft targets', {}],
    ['classes apart', { terms: onClasses }],
  ])(
    'batches with images without labels, of a teacher of some classes, are one recording: %s',
    async (_, more) => {
      const setting = { ...cifar, teacher: true, covers: [0, 2, 3], labelled: 3, ...more };
      const counts = await together(setting, async (trial) => {
        await trial.runs(4);
        return [recordings()];
      });
      expect(counts).toEqual([1]);
    },
  );

  test('frozen groups make another recording', async () => {
    const counts = await together(cifar, async (trial) => {
      const after: number[] = [];
      for (const group of [-1, -1, 0, 0, 1]) {
        trial.model.freezeTo(group);
        await trial.run();
        after.push(recordings());
      }
      return after;
    });
    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });

  test('new moments make another recording', async () => {
    const counts = await together(cifar, async (trial) => {
      await trial.runs(2);
      trial.optimizer.clear();
      await trial.runs(2);
      return [recordings()];
    });
    expect(counts).toEqual([2]);
  });
});

describe('a step that cannot be recorded', () => {
  /** erf has no native kernel. */
  const untraceable: TrainingSetting = {
    ...fastai,
    loss: ({ logits }, labels) => {
      const labelLoss = crossEntropy(labels, logits);
      const loss: tf.Scalar = tf.add(labelLoss, tf.mean(tf.erf(logits)));
      return { loss, labelLoss, termLosses: [] };
    },
  };

  test('is computed kernel by kernel, with the same numbers and masks', async () => {
    const eager = await trialOutcome(untraceable, 6, false);
    const traced = await trialOutcome(untraceable, 6, true);
    expect(traced.failure).toBe('something other than a native kernel reads a value of shape [8, 5]');
    expect(recordings()).toBe(1);
    expect(traced.masks).toEqual(eager.masks);
    expect(traced.steps).toEqual(eager.steps);
    expect(traced.state).toEqual(eager.state);
    expect(traced.moments).toEqual(eager.moments);
    expect(traced.tensorsLeft).toBe(0);
  });

  test('a backend that cannot replay is not asked to', async () => {
    await tf.setBackend('cpu');
    try {
      const { failure, steps } = await trialOutcome({ ...cifar, width: 4, size: 8 }, 1, true);
      expect(failure).toBeNull();
      expect(steps[0]!.loss).toBeGreaterThan(0);
      expect(recordings()).toBe(0);
    } finally {
      await tf.setBackend('onnxruntime');
    }
  });
});

test('replays take no more memory from step to step', async () => {
  const trial = new Trial(fastai, true);
  const backend = OnnxRuntimeBackend.from(tf.backend());
  try {
    await trial.runs(3);
    const [tensors, bytes] = [tf.memory().numTensors, backend.pool.bytes];
    await trial.runs(10);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend.pool.bytes).toBe(bytes);
  } finally {
    trial.dispose();
  }
});

describe('what is written in place', () => {
  const array = (variable: tf.Variable) =>
    OnnxRuntimeBackend.from(tf.backend()).plainArray(variable) as Float32Array;

  test('is not what another tensor or view holds', async () => {
    const [held, alone] = [new Trial(cifar, true), new Trial(cifar, true)];
    // Nothing reads the first filter after its gradient is computed.
    const weight = ({ model }: Trial) => model.parameters[0]!.variable;
    try {
      await held.runs(2);
      await alone.runs(2);
      const before = weight(held).dataSync<'float32'>();
      const place = array(weight(alone)).buffer;
      // One shares the data, one its array.
      const holders = [weight(held).clone(), tf.slice(weight(held), 0, 1)];
      await held.run();
      await alone.run();
      expect(array(weight(alone)).buffer === place).toBe(true);
      expect(holders[0]!.dataSync()).toEqual(before);
      expect(holders[1]!.dataSync()).toEqual(before.slice(0, holders[1]!.size));
      expect(weight(held).dataSync()).not.toEqual(before);
      tf.dispose(holders);
      await held.runs(2);
      await alone.runs(2);
      expect(differing((await held.state()).state, (await alone.state()).state)).toEqual([]);
    } finally {
      held.dispose();
      alone.dispose();
    }
  });

  test('is not what a caller was given to read', async () => {
    const trial = new Trial(cifar, true);
    try {
      const values = trial.model.parameters.map(({ variable }) => variable.dataSync<'float32'>());
      const copies = values.map((each) => each.slice());
      await trial.runs(2);
      expect(values).toEqual(copies);
    } finally {
      trial.dispose();
    }
  });
});
