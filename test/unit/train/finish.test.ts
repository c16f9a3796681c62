import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Callback } from '../../../electron/engine/train/callback.ts';
import { CheckpointStore } from '../../../electron/engine/train/checkpoint.ts';
import { fit } from '../../../electron/engine/train/fit.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { bits, epochEvents, stepEvents, tinyFit, tinyModel } from './support.ts';

const root = mkdtempSync(path.join(tmpdir(), 'distill-finish-'));
beforeAll(useCpuBackend);
afterAll(() => rmSync(root, { recursive: true }));

const training = { stages: [{ epochs: 5, learningRate: 0.02 }] };
const aborted = () => AbortSignal.abort();

/** A training that is asked to finish by one of its own events, and its weights after each whole epoch and each step. */
async function finished(ask: (finish: () => void) => Callback, rest: Parameters<typeof tinyFit>[2] = {}) {
  const controller = new AbortController();
  const model = tinyModel();
  const afterEpoch: ReturnType<typeof bits>[] = [];
  const afterStep: ReturnType<typeof bits>[] = [];
  const { options, events } = tinyFit(model, training, {
    finish: controller.signal,
    callbacks: [
      {
        afterEpoch: () => void afterEpoch.push(bits(model)),
        afterStep: () => void afterStep.push(bits(model)),
      },
      ask(() => controller.abort()),
    ],
    ...rest,
  });
  const result = await fit(options);
  return { result, events, bits: bits(model), afterEpoch, afterStep };
}

test('asked midway through an epoch, it ends after the batch with the weights of the best whole epoch', async () => {
  const one = await finished((finish) => ({
    afterStep: ({ epoch, step }) => {
      if (epoch === 3 && step === 2) finish();
    },
  }));
  const { epoch, step } = stepEvents(one.events).at(-1)!;
  expect([epoch, step]).toEqual([3, 2]);
  const best = epochEvents(one.events).findLast((event) => event.best)!.epoch;
  expect(one.result).toMatchObject({ bestEpoch: best, epochs: 2 });
  expect(one.result.cutShort).toBe(
    `The training of the student was ended early, after 2 of 5 epochs and 2 of 3 steps; it has the weights of epoch ${best}.`,
  );
  expect(one.bits).toEqual(one.afterEpoch[best - 1]);
  // Three epochs' worth of steps but one, of four images, and no moment counted that was not worked.
  expect(one.result.imagesPerSecond).toBeGreaterThan(0);
  expect((8 * 4) / one.result.imagesPerSecond).toBeLessThanOrEqual(one.result.seconds + 1e-9);
});

test('asked in the first epoch, it keeps the weights as they are', async () => {
  const one = await finished((finish) => ({ afterStep: () => finish() }));
  expect(one.result).toMatchObject({
    bestEpoch: 1,
    epochs: 0,
    lastScores: { train: null, validation: null },
  });
  expect(one.result.cutShort).toContain('after 0 of 5 epochs and 1 of 3 steps');
  expect(one.afterStep).toHaveLength(1);
  expect(one.bits).toEqual(one.afterStep[0]);
});

test('asked while it validates, the epoch still counts', async () => {
  const one = await finished((finish) => ({
    beforeValidation: ({ epoch }) => {
      if (epoch === 2) finish();
    },
  }));
  expect(epochEvents(one.events)).toHaveLength(2);
  expect(one.result.cutShort).toContain('after 2 of 5 epochs; it has');
});

test('asked before it began, it ends after its first epoch', async () => {
  const one = await finished(() => ({}), { finish: aborted() });
  expect(one.result).toMatchObject({ bestEpoch: 1, epochs: 1 });
  expect(stepEvents(one.events)).toHaveLength(3);
  expect(one.bits).toEqual(one.afterEpoch[0]);
});

test('asked at its end, nothing is missing', async () => {
  const one = await finished((finish) => ({
    afterEpoch: ({ epoch, epochs }) => {
      if (epoch === epochs) finish();
    },
  }));
  expect(one.result).toMatchObject({ epochs: 5, cutShort: null });
});

test('a training that goes on from a checkpoint is ended at once', async () => {
  const checkpoints = new CheckpointStore(path.join(root, 'resumed'));
  const stop = new AbortController();
  const stopped = await finished(
    () => ({
      afterEpoch: ({ epoch }) => {
        if (epoch === 2) stop.abort();
      },
    }),
    {
      checkpoints,
      signal: stop.signal,
    },
  ).catch((error: unknown) => error);
  expect(stopped).toMatchObject({ code: 'CANCELLED' });
  const one = await finished(() => ({}), { checkpoints, resume: true, finish: aborted() });
  expect(stepEvents(one.events)).toHaveLength(0);
  expect(one.result).toMatchObject({ epochs: 2 });
  expect(one.result.cutShort).toContain('after 2 of 5 epochs');
});

test('a stop is a stop, also of a training that is to finish', async () => {
  const stop = new AbortController();
  const stopped = await finished(
    (finish) => ({
      afterStep: () => {
        finish();
        stop.abort();
      },
    }),
    { signal: stop.signal },
  ).catch((error: unknown) => error);
  expect(stopped).toMatchObject({ code: 'CANCELLED' });
});
