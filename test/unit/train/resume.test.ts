import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mixingSchema } from '../../../electron/contract/recipe/mixing.ts';
import type { Callback } from '../../../electron/engine/train/callback.ts';
import { CheckpointStore } from '../../../electron/engine/train/checkpoint.ts';
import { fit, type FitResult } from '../../../electron/engine/train/fit.ts';
import { mixedBatches } from '../../../electron/engine/train/mixed-batches.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { bits, epochEvents, madeUpSource, tinyFit, tinyModel } from './support.ts';

const root = mkdtempSync(path.join(tmpdir(), 'distill-resume-'));
let store: CheckpointStore;
let runs = 0;

const training = {
  stages: [
    { epochs: 1, freezeTo: -1 },
    { epochs: 2, learningRate: 0.01 },
  ],
  clipNorm: 5,
};
const scoresOf = ({ bestEpoch, epochs, lastScores }: FitResult) => ({ bestEpoch, epochs, lastScores });

/** The training that is never stopped. */
async function whole(validated: boolean) {
  const model = tinyModel();
  const { options, events } = tinyFit(model, training, validated ? {} : { validation: null });
  const result = await fit(options);
  return { bits: bits(model), result: scoresOf(result), last: epochEvents(events).at(-1)! };
}

let withValidation: Awaited<ReturnType<typeof whole>>;
let withoutValidation: Awaited<ReturnType<typeof whole>>;

beforeAll(async () => {
  await useCpuBackend();
  withValidation = await whole(true);
  withoutValidation = await whole(false);
});
beforeEach(() => {
  store = new CheckpointStore(path.join(root, String(runs++)));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Trains until `callback` interrupts it. */
async function interrupted(callbackOf: (stop: () => void) => Callback, validated = true): Promise<unknown> {
  const controller = new AbortController();
  const { options } = tinyFit(tinyModel(), training, {
    checkpoints: store,
    signal: controller.signal,
    callbacks: [callbackOf(() => controller.abort())],
    ...(validated ? {} : { validation: null }),
  });
  return fit(options).then(
    () => 'done',
    (error: unknown) => error,
  );
}

/** Another process: a model with other weights, everything from the checkpoint. */
async function resumed(validated = true) {
  const model = tinyModel(99);
  const { options, events } = tinyFit(model, training, {
    checkpoints: store,
    resume: true,
    ...(validated ? {} : { validation: null }),
  });
  const result = await fit(options);
  return { bits: bits(model), result: scoresOf(result), events, last: epochEvents(events).at(-1) };
}

test.each([true, false])(
  'stopped in the midst of an epoch, it ends with the same bits (validation: %s)',
  async (validated) => {
    const error = await interrupted(
      (stop) => ({ afterStep: ({ epoch, step }) => (epoch === 2 && step === 2 ? stop() : undefined) }),
      validated,
    );
    expect(error).toMatchObject({ code: 'CANCELLED' });
    const expected = validated ? withValidation : withoutValidation;
    const { events, ...outcome } = await resumed(validated);
    expect(outcome.bits).toEqual(expected.bits);
    expect(outcome.result).toEqual(expected.result);
    expect(outcome.last).toMatchObject({ train: expected.last.train, validation: expected.last.validation });
    expect(epochEvents(events).map(({ epoch }) => epoch)).toEqual([2, 3]);
  },
);

test('SGD with averaged weights, stopped in the midst of an epoch and during validation, ends with the same bits', async () => {
  const settings = {
    ...training,
    optimizer: { name: 'sgd', nesterov: true },
    schedule: { name: 'cosine' },
    ema: { decay: 0.6 },
  } as const;
  const model = tinyModel();
  const expected = scoresOf(await fit(tinyFit(model, settings).options));
  const fitUntil = (seed: number, stops: (stop: () => void) => Callback) => {
    const controller = new AbortController();
    const again = tinyModel(seed);
    const { options } = tinyFit(again, settings, {
      checkpoints: store,
      resume: seed > 1,
      signal: controller.signal,
      callbacks: [stops(() => controller.abort())],
    });
    return fit(options).then(
      (result) => ({ bits: bits(again), result: scoresOf(result) }),
      (error: unknown) => error,
    );
  };
  const first = await fitUntil(1, (stop) => ({
    afterStep: ({ epoch, step }) => (epoch === 2 && step === 2 ? stop() : undefined),
  }));
  const second = await fitUntil(2, (stop) => ({
    beforeValidation: ({ epoch }) => (epoch === 2 ? stop() : undefined),
  }));
  expect([first, second]).toEqual(
    [1, 2].map(() => expect.objectContaining({ code: 'CANCELLED' }) as unknown),
  );
  expect(await fitUntil(3, () => ({}))).toEqual({ bits: bits(model), result: expected });
});

test('a checkpoint of before recipes had some of their fields goes on', async () => {
  await interrupted((stop) => ({
    afterStep: ({ epoch, step }) => (epoch === 2 && step === 2 ? stop() : undefined),
  }));
  const { checkpoint } = (await store.load())!;
  const position = checkpoint.values['position'] as { identity: string };
  const identity = JSON.parse(position.identity) as { recipe: Record<string, Record<string, unknown>> };
  delete identity.recipe['ema'];
  delete identity.recipe['optimizer']!['name'];
  delete identity.recipe['schedule']!['name'];
  position.identity = JSON.stringify(identity);
  await store.save(checkpoint);
  expect((await resumed()).bits).toEqual(withValidation.bits);
});

test.each([1, 2])('stopped between epochs %i and the next, it ends with the same bits', async (after) => {
  const error = await interrupted((stop) => ({
    afterEpoch: ({ epoch }) => (epoch === after ? stop() : undefined),
  }));
  expect(error).toMatchObject({ code: 'CANCELLED' });
  const outcome = await resumed();
  expect(outcome.bits).toEqual(withValidation.bits);
  expect(outcome.result).toEqual(withValidation.result);
});

test('paused by itself after each epoch, it ends with the same bits and validates none twice', async () => {
  const validated: number[] = [];
  for (const [begun, pauseAfter] of [1, 2, 3].entries()) {
    const model = begun === 0 ? tinyModel() : tinyModel(99);
    const { options, events } = tinyFit(model, training, {
      checkpoints: store,
      resume: begun > 0,
      pauseAfter,
    });
    const ending = await fit(options).then(scoresOf, (error: unknown) => error);
    validated.push(...epochEvents(events).map(({ epoch }) => epoch));
    if (pauseAfter < 3) expect(ending).toMatchObject({ code: 'CANCELLED' });
    else expect([bits(model), ending]).toEqual([withValidation.bits, withValidation.result]);
  }
  expect(validated).toEqual([1, 2, 3]);
});

test('stopped during validation, it does not train a step twice', async () => {
  await interrupted((stop) => ({ beforeValidation: ({ epoch }) => (epoch === 2 ? stop() : undefined) }));
  const { events, ...outcome } = await resumed();
  expect(outcome.bits).toEqual(withValidation.bits);
  expect(outcome.result).toEqual(withValidation.result);
  expect(events.filter((event) => event.type === 'step' && event.epoch === 2)).toEqual([]);
});

test('killed without a word, it goes on from the last epoch', async () => {
  const error = await interrupted(() => ({
    afterStep: ({ epoch, step }) => {
      if (epoch === 3 && step === 2) throw new Error('pulled the plug');
    },
  }));
  expect(error).toMatchObject({ message: 'pulled the plug' });
  expect((await resumed()).bits).toEqual(withValidation.bits);
});

test('resumed after its end, it only puts the best weights back', async () => {
  expect(await interrupted(() => ({}))).toBe('done');
  const { events, ...outcome } = await resumed();
  expect(outcome.bits).toEqual(withValidation.bits);
  expect(outcome.result).toEqual(withValidation.result);
  expect(epochEvents(events)).toEqual([]);
});

test('a corrupt newest checkpoint falls back to the one before, and says so', async () => {
  await interrupted((stop) => ({
    afterStep: ({ epoch, step }) => (epoch === 3 && step === 1 ? stop() : undefined),
  }));
  const files = readdirSync(store.folder).sort();
  expect(files).toHaveLength(2);
  const newest = path.join(store.folder, files[1]!);
  const bytes = readFileSync(newest);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(newest, bytes);
  const { events, ...outcome } = await resumed();
  expect(outcome.bits).toEqual(withValidation.bits);
  const warning = events.find((event) => event.type === 'log' && event.level === 'warn');
  expect(warning).toHaveProperty('message', expect.stringContaining(files[1]!));
});

test('refuses checkpoints that it cannot read, or that another training made', async () => {
  await interrupted((stop) => ({ afterEpoch: stop }));
  const { options } = tinyFit(
    tinyModel(),
    { ...training, clipNorm: 4 },
    { checkpoints: store, resume: true },
  );
  await expect(fit(options)).rejects.toMatchObject({ code: 'RUN_STATE' });
  for (const file of readdirSync(store.folder)) writeFileSync(path.join(store.folder, file), 'nonsense');
  await expect(resumed()).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
});

test('begun anew, it forgets the old checkpoints', async () => {
  await interrupted((stop) => ({ afterEpoch: stop }));
  await interrupted(() => ({
    beforeFit: () => {
      throw new Error('at once');
    },
  }));
  expect(await store.load()).toBeNull();
});

test('a training on mixed images, stopped in the midst of an epoch, ends with the same bits', async () => {
  const mixing = { mixup: { alpha: 1, p: 0.5 }, cutmix: { p: 0.4 } };
  const train = () => mixedBatches(madeUpSource(3), mixingSchema.parse(mixing), 7);
  const [uncut, cut] = [tinyModel(), tinyModel(99)];
  await fit(tinyFit(uncut, { ...training, mixing }, { train: train() }).options);
  expect(bits(uncut)).not.toEqual(withValidation.bits);
  const controller = new AbortController();
  const stop: Callback = {
    afterStep({ epoch, step }) {
      if (epoch === 2 && step === 2) controller.abort();
    },
  };
  const shared = { checkpoints: store, train: train() };
  const { signal } = controller;
  const first = tinyFit(tinyModel(), { ...training, mixing }, { ...shared, signal, callbacks: [stop] });
  await expect(fit(first.options)).rejects.toMatchObject({ code: 'CANCELLED' });
  await fit(tinyFit(cut, { ...training, mixing }, { ...shared, resume: true }).options);
  expect(bits(cut)).toEqual(bits(uncut));
});
