import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runTopic } from '../../electron/contract/services.ts';
import { imageOf, withImage } from '../../electron/contract/role-image.ts';
import type { ImageRecipe } from '../../electron/contract/recipe/image.ts';
import { prepareData } from '../../electron/engine/data/prepared-data.ts';
import { forward } from '../../electron/engine/evaluate/predict.ts';
import { networkOfRun } from '../../electron/engine/export/trained-network.ts';
import { orderedLoader, withLoaders } from '../../electron/engine/inputs/loaders.ts';
import { loadModel } from '../../electron/engine/inputs/models.ts';
import { readTeacher } from '../../electron/engine/inputs/read-teacher.ts';
import { decodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { RunFolder } from '../../electron/engine/run-folder/run-folder.ts';
import { smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const model = { architecture: 'cifar_resnet8', width: 8, stem: 'small-stride2' } as const;
const training = { batchSize: 16, stages: [{ epochs: 1, learningRate: 0.01 }] };
const teachers: ImageRecipe = { size: 24, resize: 'crop', mean: [0.5, 0.4, 0.3], std: [0.5, 0.6, 0.7] };
const recipe = smallRecipe({
  data: { image: { size: 16 }, split: { method: 'track-random', fraction: 0.34 } },
  teacher: { source: 'train', model, training, image: teachers },
  student: { model, training },
  baseline: false,
  evaluation: {},
});

/** Starts the recipe and waits for its end; `isStopped`: in the middle of the teacher's training, and resumed. */
async function finished(logitsFolder: string, { isStopped = false } = {}): Promise<RunFolder> {
  const { client, data, out } = runs;
  const started = await client.runs.start({ recipe, data, out, logitsFolder, runtime: smallRuntime });
  if (isStopped) {
    const end = client.subscribe(runTopic(started.folder), (event) => {
      if (event.type !== 'step' || event.role !== 'teacher' || event.step < 2) return;
      end();
      void client.runs.stop(started);
    });
    expect((await client.runs.wait(started)).state).toBe('cancelled');
    await client.runs.resume(started);
  }
  expect(await client.runs.wait(started)).toMatchObject({ state: 'completed', error: null });
  return RunFolder.open(started.folder);
}

const weightsOf = (run: RunFolder) =>
  Promise.all(['teacher', 'student'].map((role) => readFile(run.path('weights', `${role}.safetensors`))));

test('a teacher that is trained here has its own images: in its training, its logits, its evaluation and ever after', async () => {
  const logits = path.join(runs.out, 'logits');
  const run = await finished(logits);
  const log = await readFile(run.path('log.txt'), 'utf8');
  expect(log).toContain('The teacher has its own images: 24 px instead of 16, resized by "crop"');
  expect([imageOf(recipe, 'teacher'), imageOf(recipe, 'student').size]).toEqual([teachers, 16]);

  // What the student learnt from: the kept teacher's logits for the same augmented images, rendered at its own size.
  const signal = new AbortController().signal;
  const seen = withImage(recipe, teachers);
  const data = await prepareData({ recipe: seen, dataPath: runs.data, workers: 1, signal });
  const { pool, split } = data;
  const names = data.classes.map(({ name }) => name);
  const teacher = await loadModel(run.weightsFile('teacher'), names);
  const byKey = split.train.toSorted((a, b) => (pool.keys[a]! < pool.keys[b]! ? -1 : 1));
  const loader = orderedLoader(pool, byKey, seen, recipe.data.augment, 1, { seed: run.augmentSeed! });
  const own = await withLoaders({ loader }, async () => {
    const rows: number[] = [];
    for await (const batch of loader.epoch(1)) rows.push(...forward(teacher, batch));
    return rows;
  });
  const [store] = await readdir(path.join(logits, 'teacher-answers'));
  const file = path.join(logits, 'teacher-answers', store!, 'epoch-0001.safetensors');
  const stored = decodeSafetensors(await readFile(file), file).tensors.get('logits')!;
  expect(stored.shape).toEqual([byKey.length, names.length]);
  expect(Math.max(...own.map((value, i) => Math.abs(value - Number(stored.data[i]))))).toBeLessThan(5e-3);
  expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0.5);
  await data.close();
  teacher.dispose();

  // Evaluated again, alone, it has the scores that the run gave it; a run that it teaches and an export see its images too.
  const { models } = await runs.client.runs.evaluate({ folder: run.folder });
  const result = await run.result();
  expect(models.teacher?.scores.accuracy).toBe(result.models.teacher.test.accuracy);
  expect((await networkOfRun(run, 'teacher')).image).toEqual(teachers);
  const again = await readTeacher(
    { source: 'run', path: run.folder, role: 'teacher' },
    { dataset: names, image: recipe.data.image },
  );
  expect(again.image).toEqual(teachers);
  again.model.dispose();

  // Stopped in the middle of its training it ends with the same weights, and finds the logits of the first.
  const whole = await weightsOf(run);
  const resumed = await finished(logits, { isStopped: true });
  expect(await weightsOf(resumed)).toEqual(whole);
  expect(await readFile(resumed.path('log.txt'), 'utf8')).toContain('1 of 1 epoch from the store, 0 added');
});
