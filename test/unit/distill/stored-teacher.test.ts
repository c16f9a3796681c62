import * as tf from '@tensorflow/tfjs-core';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { logitKey } from '../../../electron/engine/distill/logit-identity.ts';
import { LogitStore } from '../../../electron/engine/distill/logit-store.ts';
import { StoredTeacher } from '../../../electron/engine/distill/stored-teacher.ts';
import type { TeacherSource } from '../../../electron/engine/distill/teacher.ts';
import { logitsOnly, outputsFrom } from '../../../electron/engine/models/model-outputs.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { identity, temporaryFolder } from './support.ts';

beforeAll(useCpuBackend);

/** Answers that tell which image was seen in which epoch, and counts how many it gave. */
function countingTeacher() {
  const asked: string[] = [];
  const teacher: TeacherSource = {
    live: true,
    variables: [],
    outputs: (_, { indices, epoch }) => {
      asked.push(`${epoch}: ${indices.join(' ')}`);
      return outputsFrom([tf.tensor2d([...indices].map((index) => [index, epoch, 1 / 3]))], logitsOnly);
    },
    dispose: () => undefined,
  };
  return { teacher, asked };
}

/** Images 10 to 13 train, 20 and 21 validate. */
async function stored(cache: string, augmented = true, unlabelled?: (epoch: number) => number[]) {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const others = unlabelled && { images: 9, fingerprint: 'ff', rows: unlabelled(1).length };
  const data = { ...identity.data, ...(others && { unlabelled: others }) };
  const store = await LogitStore.open({ cache, identity: { ...identity, data }, augmentSeed: 5, warn });
  const { teacher: asking, asked } = countingTeacher();
  const teacher = new StoredTeacher({
    teacher: asking,
    store,
    classes: 3,
    train: [10, 11, 12, 13],
    ...(unlabelled && { unlabelled }),
    validation: [20, 21],
    augmented,
    warn,
  });
  const ask = (epoch: number, ...indices: number[]) => {
    const { logits } = teacher.outputs(tf.zeros([indices.length, 1, 1, 3]), {
      indices: Int32Array.from(indices),
      epoch,
    });
    return logits.arraySync();
  };
  return { teacher, store, asked, ask, warnings };
}

/** One third in half precision: 1365 / 4096. */
const third = 1365 / 4096;

test('asks once, rounds the logits, and a later process need not ask', async () => {
  const cache = temporaryFolder();
  const first = await stored(cache);
  await first.teacher.beginEpoch(1, 0);
  expect(first.ask(1, 12, 10)).toEqual([
    [12, 1, third],
    [10, 1, third],
  ]);
  expect(first.ask(1, 20, 21)[1]).toEqual([21, 1, third]);
  expect(first.teacher.missing).toEqual([11, 13]);
  first.ask(1, 11, 13);
  await first.teacher.keepEpoch();
  await first.teacher.keepValidation();
  expect(first.asked).toEqual(['1: 12 10', '1: 20 21', '1: 11 13']);
  expect(first.teacher.count).toEqual({ epochs: 1, found: 0, added: 1 });

  const second = await stored(cache);
  await second.teacher.beginEpoch(1, 0);
  expect(second.ask(1, 13, 12, 11)).toEqual([
    [13, 1, third],
    [12, 1, third],
    [11, 1, third],
  ]);
  expect(second.ask(1, 21)).toEqual([[21, 1, third]]);
  expect([second.teacher.missing, second.asked, second.warnings]).toEqual([[], [], []]);
  await second.teacher.beginEpoch(2, 0);
  expect(second.ask(2, 13)).toEqual([[13, 2, third]]);
  // Validation images look the same in every epoch.
  expect(second.ask(2, 20)).toEqual([[20, 1, third]]);
  expect(second.asked).toEqual(['2: 13']);
  expect(second.teacher.count).toEqual({ epochs: 2, found: 1, added: 0 });
});

test('an epoch that is incomplete, or was entered midway, is not kept', async () => {
  const cache = temporaryFolder();
  const { teacher, ask, store } = await stored(cache);
  await teacher.beginEpoch(1, 0);
  ask(1, 10, 11, 12);
  await teacher.keepEpoch();
  await teacher.beginEpoch(2, 1);
  ask(2, 10, 11, 12, 13);
  expect(teacher.missing).toEqual([]);
  await teacher.keepEpoch();
  await teacher.keepValidation();
  expect(readdirSync(store.folder)).toEqual(['store.json']);
  await teacher.beginEpoch(3, 0);
  ask(3, 10, 11, 12, 13);
  await teacher.keepEpoch();
  expect(readdirSync(store.folder)).toContain('epoch-0003.safetensors');
});

test('images that are not augmented are asked for in one epoch only', async () => {
  const cache = temporaryFolder();
  const { teacher, ask, asked, store } = await stored(cache, false);
  for (const epoch of [1, 2, 3]) {
    await teacher.beginEpoch(epoch, 0);
    ask(epoch, 10, 11, 12, 13);
    await teacher.keepEpoch();
  }
  expect(asked).toHaveLength(1);
  expect(readdirSync(store.folder)).toEqual(['epoch-0001.safetensors', 'store.json']);
});

test('beyond the range of a half the nearest half is taken', async () => {
  const { teacher } = await stored(temporaryFolder());
  await teacher.beginEpoch(70_000, 0);
  const place = { indices: Int32Array.of(10), epoch: 70_000 };
  expect(teacher.outputs(tf.zeros([1, 1, 1, 3]), place).logits.arraySync()).toEqual([[10, 65504, third]]);
});

test('an epoch that was not begun is an error', async () => {
  const { teacher, ask } = await stored(temporaryFolder());
  await teacher.beginEpoch(1, 0);
  expect(() => ask(2, 10)).toThrow(/epoch 2/);
  expect(() => ask(1, 30)).toThrow(/30/);
});

test('a store that cannot be written any more stops no training', async () => {
  const { teacher, ask, store, warnings } = await stored(temporaryFolder());
  await teacher.beginEpoch(1, 0);
  ask(1, 10, 11, 12, 13);
  await rm(store.folder, { recursive: true });
  await teacher.keepEpoch();
  expect(warnings).toEqual([expect.stringContaining('The teacher logits are not kept')]);
  expect(teacher.count).toEqual({ epochs: 1, found: 0, added: 0 });
  expect(await store.extent()).toEqual({ epochs: 0, bytes: 0 });
});

test('leaves no tensor behind', async () => {
  const { teacher } = await stored(temporaryFolder());
  await teacher.beginEpoch(1, 0);
  const images = tf.zeros<tf.Rank.R4>([1, 1, 1, 3]);
  const before = tf.memory().numTensors;
  for (let time = 0; time < 2; time++)
    teacher.outputs(images, { indices: Int32Array.of(10), epoch: 1 }).logits.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a penultimate vector is kept beside the logits, in a store of its own', async () => {
  const cache = temporaryFolder();
  const warn = () => undefined;
  const withVector = { ...identity, penultimate: 2 };
  expect(logitKey(withVector)).not.toBe(logitKey(identity));
  const asked: number[] = [];
  const open = async () => {
    const store = await LogitStore.open({ cache, identity: withVector, augmentSeed: 5, warn });
    const asking: TeacherSource = {
      live: true,
      variables: [],
      outputs: (_, { indices }) => {
        asked.push(indices.length);
        const rows = (numbers: (index: number) => number[]) => tf.tensor2d([...indices].map(numbers));
        const wanted = { features: [], penultimate: true };
        return outputsFrom([rows((index) => [index, 0, 1 / 3]), rows((index) => [2, -index])], wanted);
      },
      dispose: () => undefined,
    };
    const options = {
      teacher: asking,
      store,
      classes: 3,
      penultimate: 2,
      train: [10, 11, 12, 13],
      validation: [],
      augmented: true,
      warn,
    };
    const teacher = new StoredTeacher(options);
    await teacher.beginEpoch(1, 0);
    return teacher;
  };
  const images = tf.zeros<tf.Rank.R4>([4, 1, 1, 3]);
  const first = await open();
  first.outputs(images, { indices: Int32Array.of(10, 11, 12, 13), epoch: 1 });
  await first.keepEpoch();
  const second = await open();
  const { logits, penultimate } = second.outputs(images, { indices: Int32Array.of(13, 10), epoch: 1 });
  expect(logits.arraySync()).toEqual([
    [13, 0, third],
    [10, 0, third],
  ]);
  expect(penultimate!.arraySync()).toEqual([
    [2, -13],
    [2, -10],
  ]);
  expect(asked).toEqual([4]);
});

test("keeps those of an epoch's images without labels", async () => {
  const cache = temporaryFolder();
  const unlabelled = (epoch: number) => [30 + epoch, 40 + epoch];
  const first = await stored(cache, true, unlabelled);
  for (const epoch of [1, 2]) {
    await first.teacher.beginEpoch(epoch, 0);
    first.ask(epoch, 10, 30 + epoch);
    first.ask(epoch, 11, 12, 13);
    expect(first.teacher.missing).toEqual([40 + epoch]);
    first.ask(epoch, 40 + epoch);
    await first.teacher.keepEpoch();
  }
  const second = await stored(cache, true, unlabelled);
  await second.teacher.beginEpoch(2, 0);
  expect(second.ask(2, 42, 13, 32).map(([image]) => image)).toEqual([42, 13, 32]);
  expect(second.asked).toEqual([]);
  expect(() => second.ask(2, 31)).toThrow('No teacher logits are stored for image 31.');
  // A store of another number of them is another one.
  const other = await stored(cache, true, () => [31]);
  await other.teacher.beginEpoch(1, 0);
  expect(other.teacher.count.found).toBe(0);
});
