import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import type { Callback } from '../../../electron/engine/train/callback.ts';
import { CheckpointStore } from '../../../electron/engine/train/checkpoint.ts';
import { fit, type FitOptions } from '../../../electron/engine/train/fit.ts';
import { distilling } from '../../support/distilling.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { bits, madeUpSource, stepEvents, tinyFit, tinyModel } from './support.ts';

beforeAll(useNativeBackend);

const root = mkdtempSync(path.join(tmpdir(), 'distill-resume-features-'));
afterAll(() => rmSync(root, { recursive: true }));
let runs = 0;

const training = {
  stages: [
    { epochs: 1, freezeTo: -1 },
    { epochs: 2, learningRate: 0.01 },
  ],
  clipNorm: 5,
};

/** The first two with a weight that changes, so that a resumed training must also find its place in the schedule. */
const terms = {
  fitnet: {
    method: 'fitnet',
    student: 'layer2',
    teacher: 'layer2',
    weight: { schedule: 'linear', from: 2, to: 0.5 },
  },
  attention: {
    method: 'attention',
    stages: ['layer1', 'layer3'].map((stage) => ({ student: stage, teacher: stage })),
    weight: { schedule: 'cosine', from: 10, to: 100 },
  },
  'reused-classifier': { method: 'reused-classifier', weight: 1 },
};

/** How many variables they learn besides the network's; the classifier's head has no bias. */
const adapters = { fitnet: 2, attention: 0, 'reused-classifier': 1 };

/** A process of its own: `seed` draws weights and adapters that a checkpoint must replace. */
async function process(method: keyof typeof terms, seed: number, rest: Partial<FitOptions>) {
  const model = tinyModel(seed);
  // Wider, so that the adapter is no square.
  const teacher: Model = tinyModel(2, { width: 8 });
  const recipe = { labels: { weight: 1 }, terms: [terms[method]] };
  const { objective, distillation } = distilling(recipe, model, teacher, { epochs: 3, seed });
  const { options, events } = tinyFit(model, training, { objective, ...rest });
  const error: unknown = await fit(options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const learnt = objective.parameters.map(({ name, variable }) => [name, [...variable.dataSync()]]);
  const losses = stepEvents(events).map(({ epoch, step, loss }) => ({ epoch, step, loss }));
  distillation.dispose();
  return { weights: bits(model), adapters: learnt, losses, error, events };
}

describe.each(Object.keys(terms) as (keyof typeof terms)[])('%s', (method) => {
  describe.each([true, false])('traced: %s', (trace) => {
    let whole: Awaited<ReturnType<typeof process>>;
    beforeAll(async () => {
      whole = await process(method, 1, { trace });
    });

    test('is trained, adapters too', async () => {
      expect(whole.error).toBeNull();
      expect(whole.events.filter((event) => event.type === 'log')).toEqual([]);
      expect(whole.losses).toHaveLength(9);
      const begun = await process(method, 1, {
        trace,
        callbacks: [
          {
            beforeFit: () => {
              throw new Error('at once');
            },
          },
        ],
      });
      expect(whole.adapters).toHaveLength(adapters[method]);
      for (const [i, adapter] of whole.adapters.entries()) expect(adapter).not.toEqual(begun.adapters[i]);
    });

    test.each<[string, (stop: () => void) => Callback]>([
      [
        'stopped in the midst of an epoch',
        (stop) => ({ afterStep: ({ epoch, step }) => (epoch === 2 && step === 2 ? stop() : undefined) }),
      ],
      [
        'killed without a word',
        () => ({
          afterStep: ({ epoch, step }) => {
            if (epoch === 3 && step === 2) throw new Error('pulled the plug');
          },
        }),
      ],
    ])('%s, it ends with the same bits', async (_, callbackOf) => {
      const checkpoints = new CheckpointStore(path.join(root, String(runs++)));
      const controller = new AbortController();
      const first = await process(method, 1, {
        trace,
        checkpoints,
        signal: controller.signal,
        callbacks: [callbackOf(() => controller.abort())],
      });
      expect(first.error).not.toBeNull();
      const second = await process(method, 99, { trace, checkpoints, resume: true });
      expect(second.error).toBeNull();
      expect(second.weights).toEqual(whole.weights);
      expect(second.adapters).toEqual(whole.adapters);
      expect(second.losses).toEqual(whole.losses.slice(-second.losses.length));
    });
  });
});

// The masks that drop whole blocks of an image are drawn for each step anew.
test.each<Partial<ModelRecipe>>([
  { architecture: 'efficientnet_b0', width: 4, stem: 'small-stride2', head: 'linear' },
  { architecture: 'convnext_tiny', width: 4, stem: 'small', head: 'linear' },
])('with stochastic depth it ends with the same bits: $architecture', async (recipe) => {
  const trained = async (modelSeed: number, rest: Partial<FitOptions> = {}) => {
    const model = tinyModel(modelSeed, recipe);
    const dropping = { stages: [{ epochs: 2, learningRate: 0.01 }] };
    const { options, events } = tinyFit(model, dropping, {
      train: madeUpSource(2),
      validation: null,
      ...rest,
    });
    await fit(options).catch((error: unknown) => expect(error).toMatchObject({ code: 'CANCELLED' }));
    return { weights: bits(model), losses: stepEvents(events).map(({ loss }) => loss) };
  };
  const whole = await trained(1);
  expect(whole.losses).toHaveLength(4);
  const checkpoints = new CheckpointStore(path.join(root, String(runs++)));
  const controller = new AbortController();
  const stop: Callback = {
    afterStep: ({ epoch, step }) => (epoch === 2 && step === 1 ? controller.abort() : undefined),
  };
  await trained(1, { checkpoints, signal: controller.signal, callbacks: [stop] });
  const rest = await trained(99, { checkpoints, resume: true });
  expect(rest.losses).toEqual(whole.losses.slice(-1));
  expect(rest.weights).toEqual(whole.weights);
  // Nothing but the masks depends on the training's seed here.
  expect((await trained(1, { seed: 8 })).weights).not.toEqual(whole.weights);
});
