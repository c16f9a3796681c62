import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { BatchSource } from '../../../electron/engine/train/batch-source.ts';
import { fit } from '../../../electron/engine/train/fit.ts';
import { distilling } from '../../support/distilling.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { bits, classes, epochEvents, madeUpSource, stepEvents, tinyFit, tinyModel } from './support.ts';

beforeAll(useCpuBackend);

/** The same images under wrong labels: the better the training, the worse the scores. */
function mislabelled(source: BatchSource): BatchSource {
  return {
    ...source,
    async *epoch(epoch, options) {
      for await (const batch of source.epoch(epoch, options)) {
        yield { ...batch, labels: batch.labels.map((label) => (label + 1) % classes) };
      }
    },
  };
}

test('learns, and reports every step and epoch', async () => {
  const { options, events } = tinyFit(tinyModel(), { stages: [{ epochs: 3, learningRate: 0.01 }] });
  const result = await fit(options);
  expect(stepEvents(events).map(({ epoch, step }) => [epoch, step])).toEqual(
    [1, 2, 3].flatMap((epoch) => [1, 2, 3].map((step) => [epoch, step])),
  );
  expect(stepEvents(events)[0]).toMatchObject({
    stage: 0,
    epochs: 3,
    steps: 3,
    learningRate: 0.01 / 25,
    momentum: 0.95,
  });
  const epochs = epochEvents(events);
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(epochs[2]!.train.loss).toBeLessThan(epochs[0]!.train.loss);
  expect(result.lastScores).toEqual({ train: epochs[2]!.train, validation: epochs[2]!.validation });
  expect(result.epochs).toBe(3);
  const mean = stepEvents(events)
    .slice(0, 3)
    .reduce((sum, { loss }) => sum + loss / 3, 0);
  expect(epochs[0]!.train.loss).toBeCloseTo(mean, 6);
  expect(epochs[2]!.etaRunSeconds).toBe(0);
});

test('no tensor outlives a step, an epoch or the training', async () => {
  const model = tinyModel();
  const teacher = tinyModel(2);
  const terms = [
    { method: 'soft-target', weight: { schedule: 'linear', from: 1, to: 0 } },
    { method: 'fitnet', student: 'layer2', teacher: 'layer3', weight: 1 },
    { method: 'attention', stages: [{ student: 'layer3', teacher: 'layer2' }], weight: 1 },
  ];
  const { objective } = distilling({ terms }, model, teacher, { labelSmoothing: 0.1 });
  const start = tf.memory().numTensors;
  const counts: number[] = [];
  const { options } = tinyFit(
    model,
    { stages: [{ epochs: 2 }], clipNorm: 1 },
    { objective, callbacks: [{ afterStep: () => void counts.push(tf.memory().numTensors) }] },
  );
  await fit(options);
  expect(counts).toHaveLength(6);
  expect(new Set(counts).size).toBe(1);
  expect(tf.memory().numTensors).toBe(start);
});

test('the losses of the terms are reported in their order, and are what the objective weighs', async () => {
  const model = tinyModel();
  const { objective } = distilling(
    {
      labels: { weight: 0.1 },
      terms: [
        { method: 'soft-target', weight: 0.9 },
        { method: 'fitnet', student: 'layer2', teacher: 'layer2', weight: 0.5 },
        { method: 'logits', weight: 0.2 },
      ],
    },
    model,
    tinyModel(2),
  );
  const { options, events } = tinyFit(model, { stages: [{ epochs: 1 }] }, { objective });
  await fit(options);
  const scores = [
    ...stepEvents(events),
    ...epochEvents(events).flatMap(({ train, validation }) => [train, validation!]),
  ];
  expect(scores).toHaveLength(5);
  for (const { loss, labelLoss, termLosses } of scores) {
    expect(termLosses).toHaveLength(3);
    const [softTarget, hint, logits] = termLosses as [number, number, number];
    expect(loss).toBeCloseTo(0.1 * labelLoss + 0.9 * softTarget + 0.5 * hint + 0.2 * logits, 5);
  }
});

test('features are compared where the teacher sees its own rendering of the images, of another size', async () => {
  const model = tinyModel();
  const source = madeUpSource(3);
  const rendered: BatchSource = {
    ...source,
    async *epoch(...at) {
      for await (const batch of source.epoch(...at)) {
        const view = new Float32Array(new SharedArrayBuffer(4 * batch.n * 20 * 20 * 3)).fill(0.5);
        yield { ...batch, views: [view] };
      }
    },
  };
  const terms = [{ method: 'fitnet', student: 'layer2', teacher: 'layer2', weight: 1 }];
  const { objective } = distilling({ terms }, model, tinyModel(2), { view: 1 });
  const training = { stages: [{ epochs: 1 }] };
  const { options, events } = tinyFit(model, training, { objective, train: rendered, validation: null });
  await fit(options);
  for (const { termLosses } of stepEvents(events)) expect(termLosses[0]).toBeGreaterThan(0);
});

test('the teacher stays as it is', async () => {
  const teacher = tinyModel(2);
  const before = bits(teacher);
  const model = tinyModel();
  const { objective } = distilling({}, model, teacher);
  await fit(tinyFit(model, { stages: [{ epochs: 1 }] }, { objective }).options);
  expect(bits(teacher)).toEqual(before);
});

test('the best epoch by validation is kept, and early stop ends the training', async () => {
  const model = tinyModel();
  const perEpoch: ReturnType<typeof bits>[] = [];
  const { options, events } = tinyFit(
    model,
    { stages: [{ epochs: 9, learningRate: 0.02 }], earlyStop: { patience: 2 } },
    {
      validation: mislabelled(madeUpSource(3, 2)),
      callbacks: [{ afterEpoch: () => void perEpoch.push(bits(model)) }],
    },
  );
  const result = await fit(options);
  const epochs = epochEvents(events);
  // Accuracy averaged with that of the two epochs before; of equals the lower loss.
  const ranked = epochs.map(({ epoch, validation }, i) => {
    const window = epochs.slice(Math.max(0, i - 2), i + 1).map((event) => event.validation!.accuracy);
    return { epoch, loss: validation!.loss, accuracy: window.reduce((a, b) => a + b, 0) / window.length };
  });
  const best = ranked.toSorted((a, b) => b.accuracy - a.accuracy || a.loss - b.loss)[0]!;
  expect(best.epoch).toBeLessThan(epochs.length);
  expect(epochs).toHaveLength(best.epoch + 2);
  expect(result).toMatchObject({ bestEpoch: best.epoch, epochs: best.epoch + 2 });
  expect(epochs.findLast((event) => event.best)!.epoch).toBe(best.epoch);
  expect(bits(model)).toEqual(perEpoch[best.epoch - 1]);
});

test('without validation the last epoch is kept', async () => {
  const { options, events } = tinyFit(tinyModel(), { stages: [{ epochs: 2 }] }, { validation: null });
  expect(await fit(options)).toMatchObject({ bestEpoch: 2, lastScores: { validation: null } });
  expect(epochEvents(events).map(({ best, validation }) => [best, validation])).toEqual([
    [false, null],
    [true, null],
  ]);
});

test('a frozen stage trains the head and the norms only', async () => {
  const model = tinyModel();
  const before = bits(model);
  await fit(tinyFit(model, { stages: [{ epochs: 1, freezeTo: -1 }] }, { validation: null }).options);
  const after = bits(model);
  for (const { name, kind, group } of model.parameters) {
    const still = group < model.groups - 1 && kind !== 'norm';
    expect(JSON.stringify(after[name]) === JSON.stringify(before[name]), name).toBe(still);
  }
});

test("Adam's counts begin anew where the freezing changes, and only there", async () => {
  const counts: number[] = [];
  const stages = [{ epochs: 1, freezeTo: -1 }, { epochs: 1 }, { epochs: 1 }];
  const { options } = tinyFit(
    tinyModel(),
    { stages },
    {
      validation: null,
      callbacks: [
        {
          async afterEpoch({ optimizer }) {
            const { values } = await optimizer.save();
            counts.push(Math.max(...Object.values(values as Record<string, number>)));
          },
        },
      ],
    },
  );
  await fit(options);
  expect(counts).toEqual([3, 3, 6]);
});

test('a loss that is no longer finite ends the training with a hint', async () => {
  const source = madeUpSource(3);
  const poisoned: BatchSource = {
    ...source,
    async *epoch(epoch, options) {
      let b = 0;
      for await (const batch of source.epoch(epoch, options)) {
        if (epoch === 2 && ++b === 2) batch.images.fill(Infinity);
        yield batch;
      }
    },
  };
  const { options, events } = tinyFit(tinyModel(), { stages: [{ epochs: 3 }] }, { train: poisoned });
  const error: unknown = await fit(options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TRAINING_DIVERGED' });
  expect((error as Error).message).toContain('epoch 2, step 2');
  expect(error).toHaveProperty('hint', expect.stringContaining('learning rate'));
  expect(epochEvents(events)).toHaveLength(1);
});

test('equal seeds give equal bits, other seeds other dropout', async () => {
  const train = async (seed: number) => {
    const model = tinyModel();
    await fit(tinyFit(model, { stages: [{ epochs: 1 }] }, { seed }).options);
    return bits(model);
  };
  const [first, again, other] = [await train(1), await train(1), await train(2)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});
