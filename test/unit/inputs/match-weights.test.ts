import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import { matchWeights } from '../../../electron/engine/inputs/match-weights.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { hasParity, parityFolder } from '../../support/parity-data.ts';
import { op, pickle, zipFile } from '../models/torch-files.ts';
import { context } from '../estimate/support.ts';

let folder: string;
let resnet34: string;
const recipe = (parts: Partial<ModelRecipe>) => modelSchema.parse({ width: 8, ...parts });

beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'distill-match-'));
  resnet34 = path.join(folder, 'resnet34.safetensors');
  const model = createModel(recipe({ architecture: 'resnet34' }), 3, 1);
  await saveModel(resnet34, model, { classNames: ['stop', 'yield', 'go'] });
});
afterAll(() => rm(folder, { recursive: true }));

const match = (file: string, model: Partial<ModelRecipe>, classes = 3) =>
  matchWeights({ file, model: recipe(model), classes }, context());

test('its own network: everything matches, and the classes are named', async () => {
  expect(await match(resnet34, { architecture: 'resnet34' })).toEqual({
    file: resnet34,
    format: 'safetensors',
    // 36 convolutions and as many norms of four tensors (and a counter), the classifier's two.
    tensors: 36 + 36 * 5 + 2,
    matched: 36 + 36 * 4 + 2,
    missing: [],
    unexpected: [],
    mismatched: [],
    ignored: [],
    fit: 'whole',
    classNames: ['stop', 'yield', 'go'],
  });
});

test('another number of classes or another head: only the classifier does not fit', async () => {
  expect(await match(resnet34, { architecture: 'resnet34' }, 5)).toMatchObject({
    missing: [],
    unexpected: [],
    mismatched: [
      { name: 'fc.weight', file: [3, 64], network: [5, 64] },
      { name: 'fc.bias', file: [3], network: [5] },
    ],
    fit: 'body',
  });
  const fastai = await match(resnet34, { architecture: 'resnet34', head: 'fastai' });
  expect(fastai.unexpected).toEqual(['fc.weight', 'fc.bias']);
  expect(fastai.missing).toContain('head.fc2.weight');
  expect(fastai.fit).toBe('body');
});

test('a smaller network whose every layer the file has is not the same backbone', async () => {
  const found = await match(resnet34, { architecture: 'resnet18' });
  expect([found.missing, found.mismatched]).toEqual([[], []]);
  expect(found.unexpected).toContain('layer1.2.conv1.weight');
  expect(found.fit).toBe('part');
});

test('other widths and other families do not fit, which is no error', async () => {
  const wide = await match(resnet34, { architecture: 'resnet34', width: 16 });
  expect(wide.mismatched[0]).toEqual({ name: 'conv1.weight', file: [8, 3, 7, 7], network: [16, 3, 7, 7] });
  expect([wide.matched, wide.fit]).toEqual([1, 'little']);
  const mobile = await match(resnet34, { architecture: 'mobilenet_v2' });
  expect([mobile.matched, mobile.fit]).toEqual([0, 'little']);
});

test('what cannot be read is an error', async () => {
  await expect(match(path.join(folder, 'none.pth'), { architecture: 'resnet18' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const cut = path.join(folder, 'cut.safetensors');
  await writeFile(cut, (await readFile(resnet34)).subarray(0, 5000));
  await expect(match(cut, { architecture: 'resnet18' })).rejects.toMatchObject({ code: 'WEIGHTS_CORRUPT' });
  const unsafe = path.join(folder, 'unsafe.pth');
  await writeFile(unsafe, zipFile(pickle(op.global('os', 'system'))));
  await expect(match(unsafe, { architecture: 'resnet18' })).rejects.toMatchObject({ code: 'WEIGHTS_UNSAFE' });
});

test.skipIf(!hasParity)("PyTorch's own file (skipped without the reference values)", async () => {
  const file = path.join(parityFolder, 'resnet18_w16.pth');
  const found = await match(file, { architecture: 'resnet18', width: 16 }, 43);
  expect(found).toMatchObject({
    format: 'pth',
    missing: [],
    unexpected: [],
    mismatched: [],
    classNames: null,
  });
  expect(found.matched).toBe(20 * 5 + 2);
});
