import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hints } from '../../../electron/contract/exported.ts';
import { onnxTeacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import { Pixels } from '../../../electron/engine/data/pixels.ts';
import type { PreparedData } from '../../../electron/engine/data/prepared-data.ts';
import {
  keepOnnxTeacher,
  openOnnxTeacher,
  readKeptOnnxTeacher,
} from '../../../electron/engine/inputs/onnx-teacher.ts';
import { RunPaths } from '../../../electron/engine/run-folder/run-paths.ts';
import { checkGivenTeacher } from '../../../electron/engine/run/check-teacher.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { smallRecipe } from '../../support/small-run.ts';
import { meansNetwork } from '../deployed/onnx-files.ts';

/** Images of 4 x 4 pixels that are mostly red, green or blue, by their class. */
const perClass = 20;
const names = ['red', 'green', 'blue'];
let data: PreparedData;
let folder: string;
let file: string;
beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'check-onnx-'));
  file = path.join(folder, 'means.onnx');
  await writeFile(file, meansNetwork());
  const count = perClass * names.length;
  const store = await PixelStore.create({ count, size: 4 });
  for (let i = 0; i < count; i++) {
    const image = new Uint8Array(4 * 4 * 3).map((_, at) => (at % 3 === i % 3 ? 180 : 40 + (i % 7)));
    store.write(i, image);
  }
  const samples = Array.from({ length: count }, (_, i) => ({ key: `${i}.png`, label: i % 3 }));
  const pool = new Pixels(store, samples, [...samples.keys()]);
  data = {
    pool,
    test: pool,
    classes: names.map((name, id) => ({ id, name, seen: true })),
    split: { train: [], validation: [...samples.keys()] },
  } as unknown as PreparedData;
});
afterAll(() => rm(folder, { recursive: true }));

/** Checks the network whose logits are the means of its channels. */
async function check(hints: Hints, classes: string[] | null, dataset = names): Promise<string> {
  const recipe = smallRecipe();
  const teacher = onnxTeacherSchema.parse({ source: 'onnx', path: file, hints, classes });
  const { model, image, isOrderGuessed } = await openOnnxTeacher(teacher, dataset, recipe.data.image);
  let last = '';
  try {
    await checkGivenTeacher({
      model,
      recipe: { ...recipe, data: { ...recipe.data, image } },
      data,
      channels: model.facts.input.channels,
      trials: { values: true, channels: true, order: isOrderGuessed },
      expected: null,
      workers: 1,
      signal: new AbortController().signal,
      log: (_, message) => (last = message),
    });
    return last;
  } finally {
    model.dispose();
  }
}

test('one that takes blue first is found out, with the hint that mends it', async () => {
  await expect(check({ values: 'unit' }, names.toReversed())).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('blue, green, red') as string,
    hint: 'Set teacher.hints.channels to "BGR".',
  });
  expect(await check({ values: 'unit', channels: 'BGR' }, names.toReversed())).toBe(
    'The teacher gets 60 of 60 held-out images right.',
  );
});

test('a teacher of some classes is checked on the images of these', async () => {
  const dataset = ['red', 'lilac', 'blue'];
  expect(await check({ values: 'unit' }, names, dataset)).toBe(
    'The teacher gets 40 of 40 held-out images of the 2 classes that it knows right.',
  );
  await expect(check({ values: 'unit' }, names, ['red', 'lilac', 'pink'])).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('lacks 2 of the dataset') as string,
  });
});

test('a run keeps which classes its teacher knows, and its stages', async () => {
  const recipe = smallRecipe();
  const teacher = onnxTeacherSchema.parse({
    source: 'onnx',
    path: file,
    classes: names,
    features: { layer1: 'floats' },
  });
  const dataset = ['lilac', 'blue', 'red', 'pink'];
  const { model, image } = await openOnnxTeacher(teacher, dataset, recipe.data.image);
  expect([model.covers, model.selected]).toEqual([
    [1, 2],
    [null, 2, 0, null],
  ]);
  const pixels = Float32Array.from({ length: 4 * 4 * 3 }, (_, i) => [7, 8, 9][i % 3]!);
  expect([...model.logits(pixels, 1)]).toEqual([-65504, 9, 7, -65504]);
  const run = new RunPaths(path.join(folder, 'run'));
  await keepOnnxTeacher(run, { model, image }, dataset);
  model.dispose();
  const kept = await readKeptOnnxTeacher(run);
  expect([kept.model.covers, kept.classNames]).toEqual([[1, 2], dataset]);
  expect(kept.model.facts.features['layer1']).toMatchObject({ tensor: 'floats', shape: [4, 4, 3] });
  kept.model.dispose();
});

test('other values are tried, and named as the recipe takes them', async () => {
  // With red far below the others it is never the greatest.
  const values = { mean: [3, 0, 0] as [number, number, number], std: [1, 1, 1] as [number, number, number] };
  await expect(check({ values }, names)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    hint: expect.stringMatching(/^Set teacher\.hints\.values to \{"mean": \[/) as string,
  });
});
