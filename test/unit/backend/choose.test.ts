import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { BackendFinding, BackendName } from '../../../electron/contract/doctor.ts';
import { arithmetic } from '../../../electron/engine/backend/arithmetic.ts';
import { chooseBackend, finders, withBackend } from '../../../electron/engine/backend/choose.ts';
import { OnnxRuntimeBackend } from '../../../electron/engine/backend/onnxruntime/backend.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { disposeSessions, sessionCount } from '../../../electron/engine/backend/onnxruntime/session-cache.ts';
import { traceRefusal } from '../../../electron/engine/backend/trace.ts';
import { Trial } from './training.ts';

const missing = (name: BackendName) => (): BackendFinding => ({
  name,
  available: false,
  detail: `${name} is missing.`,
  hint: `Get ${name}.`,
});
const unwanted = (): BackendFinding => {
  throw new Error('This library was not to be loaded.');
};

test('the best that is available, with reasons for what was passed over', async () => {
  const find = {
    ...finders,
    tensorflow: missing('tensorflow'),
    onnxruntime: missing('onnxruntime'),
    'onnxruntime-webgpu': unwanted,
  };
  const choice = await chooseBackend('auto', null, find);
  expect(choice.name).toBe('cpu');
  expect(choice.reason).toBe(
    'The best that is available. Not tensorflow: tensorflow is missing. Not onnxruntime: onnxruntime is missing.',
  );
  expect(choice.findings.map(({ name }) => name)).toEqual(['tensorflow', 'onnxruntime', 'cpu']);
  expect(tf.getBackend()).toBe('cpu');
});

test('tensorflow comes first, and then nothing else is loaded', async () => {
  tf.registerBackend('tensorflow', () => tf.findBackend('cpu'));
  const tensorflow = (): BackendFinding => ({ name: 'tensorflow', available: true, detail: '', hint: '' });
  const find = { ...finders, tensorflow, onnxruntime: unwanted };
  expect(await chooseBackend('auto', null, find)).toMatchObject({
    name: 'tensorflow',
    reason: 'The best that is available.',
  });
  tf.removeBackend('tensorflow');
});

test('one that is asked for is had alone, or refused with its hint', async () => {
  const find = { ...finders, tensorflow: missing('tensorflow'), onnxruntime: unwanted };
  expect(await chooseBackend('cpu', null, { ...find, tensorflow: unwanted })).toMatchObject({
    name: 'cpu',
    reason: 'It was requested.',
  });
  await expect(chooseBackend('tensorflow', null, find)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: "Backend 'tensorflow': tensorflow is missing.",
    hint: 'Get tensorflow.',
  });
});

describe('native sessions', () => {
  const load = vi.spyOn(Session, 'load');
  beforeEach(() => {
    disposeSessions();
    load.mockClear();
  });

  /** A product large enough for a native kernel. */
  const product = () => tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync()[0]);

  test('are made anew for another number of threads, and for all cores where none is given', async () => {
    const loads: number[] = [];
    for (const threads of [1, 1, 3, null, availableParallelism()]) {
      await chooseBackend('onnxruntime', threads);
      load.mockClear();
      expect(product()).toBe(64);
      loads.push(load.mock.calls.length);
    }
    expect(loads).toEqual([1, 0, 1, 1, 0]);
    expect(sessionCount()).toBe(1);
  });

  test('and arrays go when a run ends, and the next run makes its own', async () => {
    const run = () =>
      withBackend('onnxruntime', 2, async () => {
        const trial = new Trial({ architecture: 'cifar_resnet8', width: 16, size: 16 }, false);
        const { pool } = OnnxRuntimeBackend.from(tf.backend());
        const losses = (await trial.runs(2)).map(({ loss }) => loss);
        expect(sessionCount()).toBeGreaterThan(10);
        expect(pool.bytes).toBeGreaterThan(100_000);
        trial.dispose();
        return losses;
      });
    const losses = await run();
    const { pool } = OnnxRuntimeBackend.from(tf.backend());
    expect([sessionCount(), pool.bytes]).toEqual([0, 0]);
    expect(await run()).toEqual(losses);
    expect([sessionCount(), pool.bytes]).toEqual([0, 0]);
  });

  test('work beside a run that ends loses no values', async () => {
    await chooseBackend('onnxruntime', 2);
    // Blocked, in an array of the pool.
    const y = tf.tidy(() =>
      tf.conv2d(tf.ones<tf.Rank.R4>([2, 8, 8, 32]), tf.ones<tf.Rank.R4>([3, 3, 32, 32]), 1, 'valid'),
    );
    await withBackend('onnxruntime', 2, async () => {
      await withBackend('onnxruntime', 2, () => Promise.resolve(product()));
      // One run is left: nothing goes yet.
      expect(sessionCount()).toBeGreaterThan(1);
    });
    expect(sessionCount()).toBe(0);
    expect([...new Set(y.dataSync())]).toEqual([288]);
    y.dispose();
  });
});

test('tracing that was asked for and cannot be had is reported', async () => {
  await chooseBackend('onnxruntime');
  expect(['auto', 'on', 'off'].map((mode) => traceRefusal(mode as 'auto'))).toEqual([null, null, null]);
  expect(arithmetic()).toMatch(/^onnxruntime-node 1\.30\.0, block (8|16|null), kernels 1$/);
  await chooseBackend('cpu');
  expect(['auto', 'off'].map((mode) => traceRefusal(mode as 'auto'))).toEqual([null, null]);
  expect(traceRefusal('on')).toContain('this is cpu');
  expect(arithmetic()).toBe('tfjs 4.22.0, kernels 1');
});
