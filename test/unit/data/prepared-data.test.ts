import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { prepareData } from '../../../electron/engine/data/prepared-data.ts';
import type { Pixels } from '../../../electron/engine/data/pixels.ts';
import type * as SourceModule from '../../../electron/engine/data/source/index.ts';
import type * as SurveyModule from '../../../electron/engine/data/survey.ts';
import { folderOf, ppm } from './fixture.ts';

const openings: string[] = [];
vi.mock('../../../electron/engine/data/source/index.ts', async (original) => {
  const actual = await original<typeof SourceModule>();
  return { ...actual, openSource: (at: string) => (openings.push(at), actual.openSource(at)) };
});
/** Files that were read; each is decoded then. */
const reads: string[] = [];
vi.mock('../../../electron/engine/data/survey.ts', async (original) => {
  const { survey } = await original<typeof SurveyModule>();
  const counting: typeof survey = (source, keys, options) =>
    survey({ read: (key) => (reads.push(key), source.read(key)) }, keys, options);
  return { survey: counting };
});

const size = 8;
const imageBytes = size * size * 3;
const model = { architecture: 'cifar_resnet8' } as const;
const stages = [{ epochs: 1, learningRate: 0.001 }];

const recipeFor = (data: object, taught: 'all' | number[]) =>
  recipeSchema.parse({
    version: 2,
    name: 'prepared',
    data: { image: { size }, split: { method: 'stratified', fraction: 0.25 }, ...data },
    teacher: { source: 'train', model, trainClasses: taught, training: { stages } },
    student: { model, training: { stages } },
  });

/** Twelve images, four a class, each of one shade: 10 for the first, 11 for the next. */
const training = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`train/${'abc'[i % 3]!}/${i}.ppm`, ppm(10 + i)]),
);

const prepare = (
  files: Record<string, Uint8Array>,
  data: object = {},
  memory: number | null = null,
  taught: 'all' | number[] = 'all',
  options: { dataPath?: string; onImport?: (done: number, total: number) => void } = {},
) =>
  prepareData({
    recipe: recipeFor(data, taught),
    dataPath: folderOf(files),
    workers: 1,
    memory,
    signal: new AbortController().signal,
    ...options,
  });

const shades = (pixels: Pixels) =>
  Object.fromEntries(pixels.keys.map((key, i) => [path.basename(key), pixels.image(i)[0]!]));
const inMemory = ({ place }: Pixels) => ('memory' in place ? place.memory.length / imageBytes : null);

afterEach(() => {
  vi.unstubAllEnvs();
  openings.length = 0;
  reads.length = 0;
});

it('keeps the images of both parts, without those of classes that are left out', async () => {
  const test = { 'test/a/x.ppm': ppm(1), 'test/c/y.ppm': ppm(2) };
  const data = await prepare({ ...training, ...test }, { trainClasses: [0, 1] }, null, [0]);
  expect(shades(data.test)).toEqual({ 'x.ppm': 1, 'y.ppm': 2 });
  // 2, 5, 8 and 11 are of class c.
  const seen = [0, 1, 3, 4, 6, 7, 9, 10].map((i) => [`${i}.ppm`, 10 + i]);
  expect(shades(data.pool)).toEqual(Object.fromEntries(seen));
  expect(data.split.train.length + data.split.validation.length).toBe(8);
  expect(inMemory(data.pool)).toBe(10);
  expect(reads.toSorted()).toEqual(Object.keys({ ...training, ...test }).toSorted());
  await data.close();
});

it("keeps the images of classes that only a teacher learns, apart from the student's", async () => {
  const test = { 'test/a/x.ppm': ppm(1) };
  const data = await prepare({ ...training, ...test }, { trainClasses: [0, 1] });
  expect(data.pool.count).toBe(12);
  const labels = (indices: number[]) => new Set(indices.map((index) => data.pool.labels[index]));
  expect(labels(data.split.train)).toEqual(new Set([0, 1]));
  expect(labels(data.split.validation)).toEqual(new Set([0, 1]));
  expect(labels(data.teacherSplit.train)).toEqual(new Set([0, 1, 2]));
  expect(data.teacherSplit.train.length + data.teacherSplit.validation.length).toBe(12);
  expect(data.counts.map(({ train, validation }) => train + validation)).toEqual([4, 4, 0]);
  await data.close();
});

it('holds a test part out of every class where the dataset brings none', async () => {
  const data = await prepare(training, { trainClasses: [0, 1], testFraction: 0.25 });
  const all = { ...shades(data.pool), ...shades(data.test) };
  for (const [file, shade] of Object.entries(all)) expect(shade).toBe(10 + Number.parseInt(file, 10));
  expect(new Set(data.test.labels)).toEqual(new Set([0, 1, 2]));
  expect(data.test.count).toBe(3);
  await data.close();
});

const broken = { 'test/a/x.ppm': ppm(1).subarray(0, 9), 'test/b/copy.ppm': ppm(10) };

it('imports once where no image of the test part can be used: only what the import could not foresee is decoded again', async () => {
  const data = { trainClasses: [0, 1], testFraction: 0.25 };
  const expected = await prepare(training, data, null, [0]);
  const steps: [number, number][] = [];
  reads.length = openings.length = 0;
  const onImport = (done: number, total: number) => steps.push([done, total]);
  const got = await prepare({ ...training, ...broken }, data, null, [0], { onImport });
  for (const part of ['pool', 'test'] as const) {
    expect(got[part].keys).toEqual(expected[part].keys);
    expect(shades(got[part])).toEqual(shades(expected[part]));
  }
  expect([got.split, got.teacherSplit, got.counts]).toEqual([
    expected.split,
    expected.teacherSplit,
    expected.counts,
  ]);
  expect(openings).toHaveLength(1);
  // The test image of class c, of which nobody learns.
  const unforeseen = got.test.keys.filter((key) => key.startsWith('train/c/'));
  expect(unforeseen).toHaveLength(1);
  const once = Object.keys({ ...training, ...broken });
  expect(reads.toSorted()).toEqual([...once, ...unforeseen].toSorted());
  expect(steps.at(-1)).toEqual([15, 15]);
  expect(steps.map(([done]) => done)).toEqual(steps.map(([done]) => done).toSorted((a, b) => a - b));
  await expected.close();
  await got.close();
});

it('refuses an image that was changed between its two readings, and leaves no file behind', async () => {
  const home = folderOf();
  vi.stubEnv('DISTILL_DATA_DIR', home);
  const dataPath = folderOf({ ...training, ...broken });
  const onImport = (done: number, total: number) => {
    if (done !== 14 || total !== 14) return;
    for (const i of [2, 5, 8, 11]) writeFileSync(path.join(dataPath, `train/c/${i}.ppm`), ppm(99));
  };
  const changed = prepare({}, { trainClasses: [0, 1] }, 0, [0], { dataPath, onImport });
  await expect(changed).rejects.toThrow(/"train\/c\/\d+\.ppm" was changed/);
  expect(readdirSync(path.join(home, 'scratch'))).toEqual([]);
});

it('keeps what is too much for memory in a file of the user, until it is closed', async () => {
  const home = folderOf();
  vi.stubEnv('DISTILL_DATA_DIR', home);
  const data = await prepare(training, {}, 0);
  expect(inMemory(data.pool)).toBeNull();
  const scratch = path.join(home, 'scratch');
  expect(readdirSync(scratch)).toHaveLength(1);
  expect(shades(data.pool)['7.ppm'] ?? shades(data.test)['7.ppm']).toBe(17);
  await data.close();
  expect(readdirSync(scratch)).toEqual([]);
});

it('leaves no file behind when the images cannot be divided', async () => {
  const home = folderOf();
  vi.stubEnv('DISTILL_DATA_DIR', home);
  await expect(prepare(training, { trainClasses: [0, 7] }, 0)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  const scratch = path.join(home, 'scratch');
  expect(existsSync(scratch) && readdirSync(scratch)).toEqual([]);
});

it('adds images without labels to the pool, without copies of labelled ones', async () => {
  const more = folderOf({
    'x/new.ppm': ppm(200),
    'x/again.ppm': ppm(200),
    // The content of a training image and of a test image.
    'train.ppm': ppm(10),
    'test.ppm': ppm(1),
    'broken.ppm': 'P6 nothing',
    'notes.txt': 'not an image',
  });
  const test = { 'test/a/x.ppm': ppm(1) };
  const data = await prepare({ ...training, ...test }, { unlabelled: { paths: [more] } });
  expect(data.unlabelled.map((index) => data.pool.keys[index])).toEqual([path.join(more, 'x/again.ppm')]);
  expect(data.pool.image(data.unlabelled[0]!)[0]).toBe(200);
  expect(data.pool.count).toBe(13);
  const { images, skipped } = data.report.unlabelled!;
  expect(images).toBe(1);
  expect(skipped.map(({ file, reason }) => [path.relative(more, file), reason])).toEqual([
    ['broken.ppm', 'unreadable'],
    ['test.ppm', 'duplicate'],
    ['train.ppm', 'duplicate'],
    ['x/new.ppm', 'duplicate'],
  ]);
  expect(skipped[1]!.detail).toBe('same content as test/a/x.ppm of the test part');
  await data.close();
  await expect(
    prepare(training, { unlabelled: { paths: [folderOf({ 'a.ppm': ppm(10) })] } }),
  ).rejects.toThrow(
    /^None of the unlabelled images in .* can be used \(the first is ".*a.ppm": same content as .*\)\.$/,
  );
});
