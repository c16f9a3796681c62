import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../../electron/contract/events.ts';
import type { Probe } from '../../../electron/contract/probes.ts';
import { spreadOverClasses } from '../../../electron/engine/data/spread.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { appendProbe, beginProbes, readProbeLog } from '../../../electron/engine/run-folder/probe-log.ts';
import { watchModel, type Watched, watchTeacher } from '../../../electron/engine/run/watched-images.ts';
import { fit } from '../../../electron/engine/train/fit.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { bits, classes, tinyFit, tinyModel } from '../train/support.ts';

let folder: string;
beforeAll(async () => {
  await useNativeBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'distill-probes-'));
});
afterAll(() => rm(folder, { recursive: true }));

const size = 8;
const watched: Watched = {
  images: [
    { key: 'a.ppm', label: 0 },
    { key: 'b.ppm', label: 2 },
  ],
  values: Float32Array.from({ length: 2 * size * size * 3 }, (_, i) => Math.sin(i)),
};

test('watching changes no bit of the training, traced or not', async () => {
  for (const trace of [false, true]) {
    const [plain, seen] = [tinyModel(), tinyModel()];
    const training = { stages: [{ epochs: 2, learningRate: 0.01 }] };
    await fit(tinyFit(plain, training, { trace }).options);
    const probes: Probe[] = [];
    const emit = (event: RunEvent) => {
      if (event.type === 'probe') probes.push(event.probe);
    };
    const callbacks = [watchTeacher(watched, tinyModel(5), emit), watchModel(watched, emit)];
    await fit(tinyFit(seen, training, { trace, callbacks }).options);
    expect(bits(seen)).toEqual(bits(plain));
    expect(probes.map(({ role, epoch }) => [role, epoch])).toEqual([
      ['student', 0],
      ['student', 1],
      ['student', 2],
    ]);
    for (const { predictions } of probes) {
      expect(predictions.map(({ key }) => key)).toEqual(['a.ppm', 'b.ppm']);
      for (const { top5 } of predictions) {
        expect(top5).toHaveLength(classes);
        expect(top5.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
      }
    }
    expect(probes[1]!.predictions).not.toEqual(probes[2]!.predictions);
  }
});

test('a training that is replayed leaves no tensor behind, watched or not', async () => {
  const before = tf.memory().numTensors;
  for (const callbacks of [[], [watchModel(watched, () => undefined)]]) {
    const model = tinyModel();
    await fit(tinyFit(model, { stages: [{ epochs: 1 }] }, { trace: true, callbacks }).options);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('images are of as many classes as possible, and the same ones for a seed', () => {
  const labels = Array.from({ length: 60 }, (_, i) => Math.floor(i / 20) * 2);
  const all = [...labels.keys()];
  const draw = (count: number, seed = 1) => spreadOverClasses(labels, all, count, random(seed, 'test'));
  const classesOf = (drawn: number[]) => drawn.map((index) => labels[index]);
  expect(classesOf(draw(8)).filter((label) => label === 2).length).toBeGreaterThanOrEqual(2);
  expect([...new Set(classesOf(draw(3)))]).toEqual([0, 2, 4]);
  expect(new Set(draw(60))).toEqual(new Set(all));
  expect(draw(100)).toHaveLength(60);
  expect(draw(8)).toEqual(draw(8));
  expect(draw(8)).not.toEqual(draw(8, 2));
  expect(spreadOverClasses(labels, [41, 3], 8, random(1, 'test'))).toEqual([3, 41]);
});

const probe = (epoch: number, probability = 0.5): Probe => ({
  role: 'student',
  epoch,
  predictions: [{ key: 'a.ppm', top5: [{ id: 1, probability }] }],
});

test('the log gives each epoch once, and a torn line costs only itself', async () => {
  const file = path.join(folder, 'probes.jsonl');
  expect(await readProbeLog(file)).toEqual({ images: [], probes: [] });
  beginProbes(file, watched.images);
  for (const epoch of [0, 1, 2]) appendProbe(file, probe(epoch));
  await appendFile(file, '{"role":"student","epo');
  expect((await readProbeLog(file)).probes.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  // A resume goes on from before epoch 2.
  beginProbes(file, watched.images);
  appendProbe(file, probe(2, 0.75));
  expect(await readProbeLog(file)).toEqual({
    images: watched.images,
    probes: [probe(0), probe(1), probe(2, 0.75)],
  });
  // The machine stops right after the torn line was written: its end is missing, nothing else.
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, -3));
  expect((await readProbeLog(file)).probes).toEqual([probe(0), probe(1), probe(2)]);
});

test('the log of an earlier version, which calls predictions answers, is read', async () => {
  const file = path.join(folder, 'earlier.jsonl');
  await writeFile(
    file,
    '{"images":[{"key":"a.ppm","label":1}]}\n' +
      '{"role":"student","epoch":1,"answers":[{"key":"a.ppm","top5":[{"id":1,"probability":0.5}]}]}\n',
  );
  expect(await readProbeLog(file)).toEqual({ images: [{ key: 'a.ppm', label: 1 }], probes: [probe(1)] });
});
