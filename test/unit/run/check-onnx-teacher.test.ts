import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { halfStatistics } from '../../../electron/contract/recipe/statistics.ts';
import { type OnnxTeacherRecipe, onnxTeacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { withRemedy } from '../../../electron/contract/teacher-check.ts';
import { encodeModel } from '../../../electron/engine/backend/onnx/encode.ts';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import { Pixels } from '../../../electron/engine/data/pixels.ts';
import type { PreparedData } from '../../../electron/engine/data/prepared-data.ts';
import {
  keepOnnxTeacher,
  openOnnxTeacher,
  readKeptOnnxTeacher,
} from '../../../electron/engine/inputs/onnx-teacher.ts';
import { RunPaths } from '../../../electron/engine/run-folder/run-paths.ts';
import {
  type CheckedTeacher,
  checkGivenTeacher,
  evaluateGivenTeacher,
} from '../../../electron/engine/run/check-teacher.ts';
import { otherOrders } from '../../../electron/engine/run/teacher-readings.ts';
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

type Given = Omit<z.input<typeof onnxTeacherSchema>, 'source' | 'path'> & { path?: string };
/** Checks the network whose logits are the means of its channels. */
const teacherOf = (given: Given) =>
  onnxTeacherSchema.parse({ source: 'onnx', path: file, classes: names, ...given });

type Options = Parameters<typeof evaluateGivenTeacher>[0];
async function asked<Checked>(
  teacher: OnnxTeacherRecipe,
  dataset: string[],
  ask: (options: Options) => Promise<Checked>,
): Promise<Checked> {
  const recipe = smallRecipe();
  const { model, image, isOrderGuessed } = await openOnnxTeacher(teacher, dataset, recipe.data.image);
  try {
    return await ask({
      model,
      recipe: { ...recipe, data: { ...recipe.data, image } },
      data,
      trials: { values: true, channels: true, order: isOrderGuessed },
      expected: null,
      workers: 1,
      signal: new AbortController().signal,
    });
  } finally {
    model.dispose();
  }
}

const check = (given: Given, dataset = names) => asked(teacherOf(given), dataset, evaluateGivenTeacher);

const allRight = 'The teacher gets 60 of 60 held-out images right.';
/** What the check proposes makes the teacher right. */
async function expectMended(given: Given, checked: CheckedTeacher | null): Promise<void> {
  const mended = withRemedy(teacherOf(given), checked!.remedy!);
  expect(await asked(mended, names, evaluateGivenTeacher)).toEqual({
    verdict: 'fine',
    message: allRight,
    hint: null,
    remedy: null,
  });
}

test('one that takes blue first is found out, with the hint that mends it', async () => {
  const given = { hints: { values: 'unit' as const }, classes: names.toReversed() };
  const checked = await check(given);
  expect(checked).toMatchObject({
    verdict: 'wrong',
    message: expect.stringContaining('blue, green, red') as string,
    hint: 'Set teacher.hints.channels to "BGR".',
  });
  await expectMended(given, checked);
  const warnings: string[] = [];
  const run = (isOfThisDataset: boolean) =>
    asked(teacherOf(given), names, (options) =>
      checkGivenTeacher({ ...options, isOfThisDataset, log: (_level, message) => warnings.push(message) }),
    );
  const { message, hint } = checked!;
  await expect(run(false)).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH', message, hint });
  // Where it comes from a run on these images, which a sweep's members share, it is weak and nothing else.
  await run(true);
  expect(warnings).toEqual([expect.stringContaining(message)]);
});

test('an order of the classes that may fit is a list of their names', () => {
  const twelve = Array.from({ length: 12 }, (_, id) => `${id}`);
  const labels = Int32Array.from({ length: 24 }, (_, i) => i % 12);
  // Output 11 - id stands for a class.
  const found = otherOrders(
    labels.map((label) => 11 - label),
    labels,
    twelve,
  );
  expect(found.map(({ kind, remedy }) => [kind, remedy])).toEqual([
    ['order', { classes: twelve.toSorted() }],
    ['order', { classes: twelve.toSorted() }],
    ['fitted', { classes: twelve.toReversed() }],
  ]);
  // Where the second of two classes is never predicted, no list of names is known.
  const few = otherOrders(Int32Array.of(0, 0), Int32Array.of(0, 1), ['a', 'b']);
  expect(few.some(({ kind }) => kind === 'fitted')).toBe(false);
});

test('outputs of another kind than they are taken for are found out', async () => {
  const normalised = path.join(folder, 'softmax.onnx');
  await writeFile(normalised, meansNetwork({ after: ['Softmax'] }));
  const probabilities = { path: normalised, hints: { values: 'unit', gives: 'logits' } } as const;
  const checked = await check(probabilities);
  expect(checked).toMatchObject({
    verdict: 'wrong',
    message: expect.stringMatching(/60 of 60 .* sum to 1: they are probabilities\.$/) as string,
    hint: 'Set teacher.hints.gives to "probabilities".',
  });
  await expectMended(probabilities, checked);
  const { mean, std } = halfStatistics;
  const logits = { hints: { values: { mean, std }, gives: 'probabilities' } } as const;
  const below = await check(logits);
  expect(below).toMatchObject({ verdict: 'wrong', remedy: { hints: { gives: 'logits' } } });
  await expectMended(logits, below);
  // Values from 0 to 1 that do not sum to 1 may be either.
  expect(await check({ hints: { values: 'unit', gives: 'probabilities' } })).toMatchObject({
    verdict: 'fine',
  });
});

test('the other layout is tried where the network runs in both', async () => {
  // Of an image's 48 values each class reads one, of its channel in NCHW; in NHWC the first two are exchanged.
  const weights = new Float32Array(48 * 3);
  for (const [channel, at] of [1, 18, 32].entries()) weights[at * 3 + channel] = 1;
  const node = (op: string, inputs: string[], output: string) => ({
    op,
    inputs,
    outputs: [output],
    attributes: {},
    domain: undefined,
  });
  const given = {
    path: path.join(folder, 'rows.onnx'),
    hints: { values: 'unit', layout: 'NHWC' },
  } as const;
  await writeFile(
    given.path,
    encodeModel({
      opset: 17,
      name: 'rows',
      nodes: [node('Flatten', ['x'], 'row'), node('MatMul', ['row', 'weights'], 'y')],
      initializers: [
        { name: 'weights', type: 'float32', dims: [48, 3], data: new Uint8Array(weights.buffer) },
      ],
      inputs: [{ name: 'x', type: 'float32', dims: ['n', 'a', 4, 'c'] }],
      outputs: [{ name: 'y', type: 'float32', dims: null }],
      metadata: {},
    }),
  );
  const checked = await check(given);
  expect(checked).toMatchObject({ verdict: 'wrong', hint: 'Set teacher.hints.layout to "NCHW".' });
  await expectMended(given, checked);
});

test('a teacher of some classes is checked on the images of these', async () => {
  const dataset = ['red', 'lilac', 'blue'];
  expect((await check({ hints: { values: 'unit' } }, dataset))?.message).toBe(
    'The teacher gets 40 of 40 held-out images of the 2 classes that it knows right.',
  );
  await expect(check({ hints: { values: 'unit' } }, ['red', 'lilac', 'pink'])).rejects.toMatchObject({
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
  const checked = await check({ hints: { values } });
  expect(checked).toMatchObject({
    verdict: 'wrong',
    hint: expect.stringMatching(/^Set teacher\.hints\.values to \{"mean":\[/) as string,
  });
  await expectMended({ hints: { values } }, checked);
});
