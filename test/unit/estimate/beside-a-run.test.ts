import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../electron/contract/events.ts';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import type { CallProgress } from '../../../electron/contract/method.ts';
import { runTopic } from '../../../electron/contract/services.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { smallRecipe, useSmallRuns } from '../../support/small-run.ts';

const runs = useSmallRuns();
const oldHome = process.env['DISTILL_HOME'];

let folder: string;
let events: RunEvent[];
let backendsSeen: string[];

/** A run during which other calls ask for another backend. */
beforeAll(async () => {
  const home = path.join(runs.out, '..', 'home');
  await mkdir(home, { recursive: true });
  process.env['DISTILL_HOME'] = home;
  events = [];
  backendsSeen = [];
  const { client, data, out } = runs;
  await client.system.saveSettings({ runsFolder: out });
  const runtime = { backend: 'onnxruntime' } as const;
  const recipe = smallRecipe({ baseline: false });
  ({ folder } = await client.runs.start({ recipe, data, out, runtime }));
  const others: Promise<unknown>[] = [];
  client.subscribe(runTopic(folder), (event) => {
    events.push(event);
    if (event.type !== 'step') return;
    backendsSeen.push(tf.getBackend());
    if (event.role === 'student' && event.step === 1) {
      const other = { backend: 'cpu' } as const;
      others.push(client.models.describe({ model: recipe.student.model, runtime: other }));
    }
  });
  await client.runs.wait({ folder });
  await Promise.all(others);
});
afterAll(() => {
  if (oldHome === undefined) delete process.env['DISTILL_HOME'];
  else process.env['DISTILL_HOME'] = oldHome;
});

test('a run keeps its backend, whatever is asked for beside it', async () => {
  expect(new Set(backendsSeen)).toEqual(new Set(['onnxruntime']));
  expect((await runs.client.runs.result({ folder })).backend).toBe('onnxruntime');
  // When it has ended, another is chosen again.
  await runs.client.system.doctor({ backend: 'cpu' });
  expect(tf.getBackend()).toBe('cpu');
  await runs.client.system.doctor({ backend: 'onnxruntime' });
});

test('watched images: the teacher first, then each epoch, and the file has what the events had', async () => {
  const emitted = events.flatMap((event) => (event.type === 'probe' ? [event.probe] : []));
  expect(emitted.map(({ role, epoch }) => `${role} ${epoch}`)).toEqual([
    'teacher 1',
    'teacher 2',
    'student 0',
    'student 1',
    'student 2',
  ]);
  const { images, probes } = await runs.client.runs.probes({ folder });
  expect(probes).toEqual(emitted);
  expect(images).toHaveLength(8);
  expect(new Set(images.map(({ label }) => label))).toEqual(new Set([1, 12, 13, 14]));
  for (const { predictions } of probes)
    expect(predictions.map(({ key }) => key)).toEqual(images.map(({ key }) => key));
  await expect(runs.client.runs.probes({ folder: runs.out })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

/** A table that gives these classes other names. */
async function renamed(classes: readonly { id: number }[]): Promise<string> {
  const file = path.join(runs.out, '..', 'names.csv');
  await writeFile(file, ['ClassId,SignName', ...classes.map(({ id }) => `${id},renamed ${id}`)].join('\n'));
  return file;
}

describe("a teacher's logits", () => {
  test('are those that predict gives for the same files', async () => {
    const { client, data } = runs;
    const found = await client.models.teacherLogits({ count: 4 });
    expect(found.source).toContain('"small"');
    expect(found.images).toHaveLength(4);
    expect(found.images.map(({ label }) => label).sort((a, b) => a - b)).toEqual([1, 12, 13, 14]);
    const files = found.images.map(({ path: root, key }) => path.join(root, key));
    expect(found.images[0]!.path).toBe(data);
    const predictions = await client.runs.predict({ folder, images: files, role: 'teacher' });
    for (const [i, { logits }] of found.images.entries()) {
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
      for (const { id, probability, name } of predictions[i]!.top5) {
        expect(Math.exp(logits[id]!) / sum).toBeCloseTo(probability, 5);
        expect(found.classes[id]!.name).toBe(name);
      }
    }
    const named = { source: 'run', path: folder, role: 'teacher' } as const;
    expect((await client.models.teacherLogits({ teacher: named, count: 4 })).images).toEqual(found.images);
    const weights = {
      source: 'weights',
      path: path.join(folder, 'weights', 'teacher.safetensors'),
      model: smallRecipe().student.model,
    } as const;
    const read = await client.models.teacherLogits({ teacher: weights, data, count: 4 });
    expect(read.images).toEqual(found.images);
    // A file that does not state how its images are prepared: prepared in another way, they have other logits.
    const preparation = dataSchema.parse({ image: { size: 48 }, classNames: await renamed(found.classes) });
    const { tensors } = decodeSafetensors(await readFile(weights.path), weights.path);
    const silent = path.join(folder, 'no-metadata.safetensors');
    await writeFile(silent, encodeSafetensors(tensors, {}));
    const teacher = { ...weights, path: silent };
    const larger = await client.models.teacherLogits({ teacher, data, preparation, count: 4 });
    expect(larger.source).toContain('at 48 pixels');
    expect(larger.classes[1]!.name).toBe('renamed 1');
    expect(larger.images.map(({ key }) => key)).toEqual(found.images.map(({ key }) => key));
    expect(larger.images.map(({ logits }) => logits)).not.toEqual(found.images.map(({ logits }) => logits));
  });

  test('are not to be had of a teacher that is not there', async () => {
    const { client, out } = runs;
    const { teacher } = smallRecipe();
    await expect(client.models.teacherLogits({ teacher })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await client.system.saveSettings({ runsFolder: path.join(out, 'empty') });
    await expect(client.models.teacherLogits({})).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no trained teacher yet: no run has been completed whose dataset is still there.',
    });
    await client.system.saveSettings({ runsFolder: out });
  });
});

test('an estimate takes the speed of an equal run, and that of a small network for other ones', async () => {
  const { client } = runs;
  const sizes = { trainImages: 240, validationImages: 120, testImages: 24, classes: 43 };
  const runtime = { backend: 'onnxruntime' } as const;
  const { models } = await client.runs.result({ folder });
  const equal = await client.training.estimate({
    recipe: smallRecipe({ baseline: false }),
    ...sizes,
    runtime,
  });
  expect(equal.basis).toBe('measured');
  expect(equal.roles.map(({ role, steps, imagesPerSecond }) => [role, steps, imagesPerSecond])).toEqual([
    ['teacher', 14, models.teacher.imagesPerSecond],
    ['student', 14, models.student.imagesPerSecond],
  ]);
  const recipe = smallRecipe({ exports: ['report'] });
  const whole = await client.training.estimate({ recipe, ...sizes, runtime });
  expect(whole).toMatchObject({ basis: 'estimated', backend: 'onnxruntime' });
  const [teacher, student, baseline] = whole.roles;
  expect([teacher!.role, student!.role, baseline!.role]).toEqual(['teacher', 'student', 'baseline']);
  const { importSeconds, evaluationSeconds, exportSeconds } = whole;
  for (const part of [importSeconds, evaluationSeconds, exportSeconds]) expect(part).toBeGreaterThan(0);
  const training = whole.roles.reduce((sum, { seconds }) => sum + seconds, 0);
  expect(whole.totalSeconds).toBeCloseTo(importSeconds + training + evaluationSeconds + exportSeconds, 6);
  expect(whole.memoryBytes).toBeGreaterThan(150e6);
  const run = JSON.parse(await readFile(path.join(folder, 'result.json'), 'utf8')) as {
    models: { student: { bytes: number } };
  };
  expect(whole.diskBytes).toBeGreaterThan(3 * run.models.student.bytes);
});

describe('the search for a learning rate, before there is any run', () => {
  test('reports its progress and gives a curve to draw', async () => {
    const { client, data } = runs;
    const received: CallProgress[] = [];
    const curve = await client.training.findLearningRate(
      { recipe: smallRecipe(), data },
      { onProgress: (progress) => received.push(progress) },
    );
    const { learningRates, losses, suggestions } = curve;
    expect(losses).toHaveLength(learningRates.length);
    expect(learningRates.length).toBeGreaterThan(20);
    expect(learningRates).toEqual([...learningRates].sort((a, b) => a - b));
    for (const rate of Object.values(suggestions)) expect(learningRates[0]! < rate! && rate! < 10).toBe(true);
    // Images of training and test first, then learning rates: each counted as what it is.
    const searched = received.findIndex(({ phase }) => phase === 'search');
    const [read, tried] = [received.slice(0, searched), received.slice(searched)];
    expect(read.at(-1)).toEqual({ phase: 'import', done: 384, total: 384 });
    expect(tried[0]).toEqual({ phase: 'search', done: 0, total: 100 });
    expect(new Set(tried.map(({ phase, total }) => `${phase} ${total}`))).toEqual(new Set(['search 100']));
    const done = tried.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBeLessThanOrEqual(learningRates.length);
  });

  test('ends when it is cancelled, and leaves nothing behind', async () => {
    const { client, data } = runs;
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const search = client.training.findLearningRate(
      { recipe: smallRecipe(), data },
      {
        signal: controller.signal,
        onProgress({ phase, done }) {
          if (phase === 'search' && done > 3) controller.abort();
        },
      },
    );
    await expect(search).rejects.toMatchObject({ code: 'CANCELLED' });
    // The caller learns it at once; the engine still ends its batch.
    await expect.poll(() => tf.memory().numTensors, { timeout: 20_000 }).toBe(before);
  });
});
