import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import type { CallContext } from '../../../electron/contract/method.ts';
import { imageSchema } from '../../../electron/contract/recipe/image.ts';
import { onnxTeacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { inspectOnnx } from '../../../electron/engine/inputs/inspect-onnx.ts';
import { meansNetwork, type MeansOptions } from '../deployed/onnx-files.ts';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'inspect-onnx-'))));
afterAll(() => rm(folder, { recursive: true }));

const context: CallContext = { signal: new AbortController().signal, progress: () => undefined };

async function inspect(network: MeansOptions, given: Partial<z.input<typeof onnxTeacherSchema>> = {}) {
  const file = path.join(folder, 'network.onnx');
  await writeFile(file, meansNetwork(network));
  const teacher = onnxTeacherSchema.parse({ source: 'onnx', path: file, ...given });
  return inspectOnnx({ teacher, image: imageSchema.parse({ size: 24 }) }, context);
}

test('a network without metadata: what its graph states, and what is taken of the recipe', async () => {
  expect(await inspect({ input: { dims: ['n', 3, 'height', 'width'] }, ballast: 5 })).toMatchObject({
    values: 5,
    input: {
      name: 'x',
      type: 'float32',
      shape: ['n', 3, 'height', 'width'],
      layout: 'NCHW',
      batch: null,
      size: 24,
      channels: 'RGB',
    },
    origins: { size: 'recipe', values: 'recipe', channels: 'usual', resize: 'recipe' },
    outputs: [{ name: 'y0', type: 'float32' }],
    read: 'y0',
    gives: 'logits',
    count: 3,
    classNames: null,
    listed: null,
  });
});

test('what metadata, the files beside it and the user state', async () => {
  const beside = path.join(folder, 'preprocessor_config.json');
  await writeFile(beside, JSON.stringify({ size: 30, do_normalize: false }));
  await writeFile(path.join(folder, 'config.json'), '{"id2label":{"0":"cat","1":"dog","2":"tree"}}');
  try {
    const found = await inspect(
      {
        input: { dims: [2, 3, 4, 4] },
        metadata: { 'Image.BitmapPixelFormat': 'Bgr8' },
        after: ['Softmax'],
      },
      { hints: { resize: 'pad' } },
    );
    expect(found).toMatchObject({
      input: { batch: 2, size: 4, channels: 'BGR', values: 'unit', resize: 'pad' },
      origins: { size: 'graph', channels: 'metadata', values: 'beside', resize: 'user' },
      gives: 'probabilities',
      classNames: ['cat', 'dog', 'tree'],
    });
  } finally {
    await rm(beside);
    await rm(path.join(folder, 'config.json'));
  }
});

test('a table of outputs and classes gives names; one that is wrong does not hide the network', async () => {
  const table = path.join(folder, 'outputs.csv');
  await writeFile(table, 'output,class\n2,dog\n');
  expect(await inspect({}, { classes: table })).toMatchObject({
    listed: { names: ['output 0', 'output 1', 'dog'] },
  });
  await writeFile(table, 'output,class\n2,dog\n9,cat\n');
  expect(await inspect({}, { classes: table })).toMatchObject({
    count: 3,
    listed: { error: { code: 'INVALID_INPUT', message: expect.stringContaining('"9"') as string } },
  });
});
