import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { BackendFinding, BackendName } from '../../../electron/contract/doctor.ts';
import { chooseBackend, finders } from '../../../electron/engine/backend/choose.ts';

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
    reason: 'It was asked for.',
  });
  await expect(chooseBackend('tensorflow', null, find)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: "Backend 'tensorflow': tensorflow is missing.",
    hint: 'Get tensorflow.',
  });
});
