import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import { applyWeights } from '../../../electron/engine/models/weights/apply.ts';
import { readWeights } from '../../../electron/engine/models/weights/load.ts';
import { encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { modelWeights, readModelFile, saveModel } from '../../../electron/engine/models/weights/save.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { op, pickle } from './torch-files.ts';

let folder: string;
beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'distill-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

const make = (classes: number, seed: number, architecture = 'mobilenet_v2'): Model =>
  createModel(modelSchema.parse({ architecture, width: 4 }), classes, seed);
const numbers = (model: Model) =>
  [...model.parameters, ...model.buffers].map(({ name, variable }) => [name, [...variable.dataSync()]]);
const classNames = ['stop', 'yield', 'Übergang'];

test('a saved model can be loaded alone, and leaves no temporary file', async () => {
  const model = make(3, 1);
  const file = path.join(folder, 'model.safetensors');
  await saveModel(file, model, { classNames, extra: { epoch: '7' } });
  const saved = await readModelFile(file);
  expect(saved).toMatchObject({ recipe: model.recipe, classNames, metadata: { format: 'pt', epoch: '7' } });
  const again = createModel(saved.recipe, saved.classNames.length, 99);
  const report = applyWeights(again, saved.weights);
  expect(report).toMatchObject({ missing: [], unexpected: [], mismatched: [] });
  expect(numbers(again)).toEqual(numbers(model));
  expect(await readdir(folder)).toEqual(['model.safetensors']);
});

test('tensors are stored in PyTorch’s layout', () => {
  const model = make(3, 1);
  const weights = modelWeights(model);
  expect(weights.get('features.0.0.weight')!.shape).toEqual([8, 3, 3, 3]);
  expect(weights.get('features.1.conv.0.0.weight')!.shape).toEqual([8, 1, 3, 3]);
  expect(weights.get('classifier.1.weight')!.shape).toEqual([3, 1280]);
  expect(weights.get('features.0.1.num_batches_tracked')).toEqual({ shape: [], data: new BigInt64Array(1) });
  // [o=5, i=2, h=1, w=0] of OIHW is [1, 0, 2, 5] of HWIO.
  const here = model.parameters[0]!.variable.dataSync();
  const stored = weights.get('features.0.0.weight')!.data;
  expect(stored[((5 * 3 + 2) * 3 + 1) * 3 + 0]).toBe(here[((1 * 3 + 0) * 3 + 2) * 8 + 5]);
});

test('a head of another size: strict refuses and changes nothing, lenient leaves the head', async () => {
  const file = path.join(folder, 'head.safetensors');
  const source = make(3, 1);
  await saveModel(file, source, { classNames });
  const target = make(7, 2);
  const before = numbers(target);
  const weights = await readWeights(file);
  expect(() => applyWeights(target, weights)).toThrow(
    /classifier\.1\.weight \(7x1280 here, 3x1280 in the file\)/,
  );
  expect(numbers(target)).toEqual(before);
  const report = applyWeights(target, weights, 'lenient');
  expect(report.mismatched).toEqual([
    { name: 'classifier.1.weight', here: [7, 1280], file: [3, 1280] },
    { name: 'classifier.1.bias', here: [7], file: [3] },
  ]);
  expect(target.parameters.at(-1)!.variable.dataSync()).toEqual(
    new Float32Array(before.at(-105)![1] as number[]),
  );
  expect([...target.parameters[0]!.variable.dataSync()]).toEqual([
    ...source.parameters[0]!.variable.dataSync(),
  ]);
});

test('another architecture is refused by both policies', async () => {
  const file = path.join(folder, 'other.safetensors');
  await saveModel(file, make(3, 1), { classNames });
  const weights = await readWeights(file);
  for (const policy of ['strict', 'lenient'] as const) {
    expect(() => applyWeights(make(3, 1, 'resnet18'), weights, policy)).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }) as Error,
    );
  }
});

test.each([
  ['picture.png', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'UNSUPPORTED_FORMAT'],
  ['empty.pth', Buffer.alloc(0), 'WEIGHTS_CORRUPT'],
  ['page.pth', Buffer.from('<html>Not found</html>'), 'UNSUPPORTED_FORMAT'],
  ['short.safetensors', Buffer.from('0102ff', 'hex'), 'WEIGHTS_CORRUPT'],
  ['renamed.safetensors', pickle(op.global('os', 'system')), 'WEIGHTS_CORRUPT'],
  ['old.pth', Buffer.from("cos\nsystem\n(S'true'\ntR."), 'WEIGHTS_UNSAFE'],
  ['renamed.bin', pickle(op.global('os', 'system')), 'WEIGHTS_UNSAFE'],
  ['pickle', pickle(op.global('os', 'system')), 'WEIGHTS_UNSAFE'],
])('%s is refused with a code', async (name, bytes, code) => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  await expect(readWeights(file)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(name) as string,
  });
});

test('a folder, a missing file, a file that states nothing of its model', async () => {
  await expect(readWeights(folder)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(readWeights(path.join(folder, 'none.pth'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const file = path.join(folder, 'foreign.safetensors');
  await writeFile(file, encodeSafetensors(new Map()));
  await expect(readModelFile(file)).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' });
});

test('a failed save says so and leaves nothing behind', async () => {
  await writeFile(path.join(folder, 'plain'), '');
  for (const parent of ['none', 'plain']) {
    const file = path.join(folder, parent, 'x.safetensors');
    await expect(saveModel(file, make(3, 1), { classNames })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await mkdir(path.join(folder, 'taken'));
  await expect(saveModel(path.join(folder, 'taken'), make(3, 1), { classNames })).rejects.toThrow(
    DistillError,
  );
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
