import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { imageSchema, type OwnImageRecipe } from '../../electron/contract/recipe/image.ts';
import type { RecipeInput } from '../../electron/contract/recipe.ts';
import { float32 } from '../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../electron/engine/export/onnx/write.ts';
import { networkOfRun } from '../../electron/engine/export/trained-network.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { readTeacher } from '../../electron/engine/inputs/read-teacher.ts';
import { RunFolder } from '../../electron/engine/run-folder/run-folder.ts';
import { readPredictions } from '../../electron/engine/run-folder/stored-predictions.ts';
import { smallRecipe, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const model = { architecture: 'cifar_resnet8', width: 8 } as const;
const training = (epochs: number) => ({ batchSize: 16, stages: [{ epochs, learningRate: 0.01 }] });
const common = { baseline: false, exports: [], evaluation: {} } satisfies Partial<RecipeInput>;
const image = { size: 32, resize: 'crop', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

const largestDifference = (one: Float32Array, other: Float32Array): number =>
  one.reduce((most, p, i) => Math.max(most, Math.abs(p - other[i]!)), 0);
const predictions = async (folder: string) => (await readPredictions(await RunFolder.open(folder))).models;

test('a teacher sees the images as it was trained to, and its classes are matched by name', async () => {
  const first = await runs.run(
    smallRecipe({
      ...common,
      data: { image: { ...image, mean: [...image.mean], std: [...image.std] } },
      teacher: { source: 'train', model, training: training(4) },
      student: { model, training: training(1) },
    }),
  );
  expect(first.state).toBe('completed');
  const before = (await predictions(first.folder)).get('teacher')!;

  // From the run, at another size, resizing and normalisation: the same answers to the bit.
  const student = { model, training: training(1) };
  const data = { image: imageSchema.parse({ size: 24 }) };
  const second = await runs.run(
    smallRecipe({ ...common, data, student, teacher: { source: 'run', path: first.folder } }),
  );
  expect(second).toMatchObject({ state: 'completed', error: null });
  expect((await predictions(second.folder)).get('teacher')).toEqual(before);

  // From the weights, with its outputs in another order, one more, and the names of all of them beside it.
  const file = path.join(runs.out, 'reordered.safetensors');
  const run = await RunFolder.open(first.folder);
  const { tensors, metadata } = decodeSafetensors(await readFile(run.weightsFile('teacher')), 'teacher');
  const names = JSON.parse(metadata['classes']!) as string[];
  const order = [...names.keys()].reverse();
  const reordered = new Map(
    [...tensors].map(([name, { shape, data: values }]) => {
      if (!name.startsWith('fc.')) return [`model.${name}`, { shape, data: values }];
      const row = values.length / names.length;
      const rows = order.flatMap((id) => [...values.subarray(id * row, (id + 1) * row)]);
      const more = Float32Array.from([...rows, ...Array.from({ length: row }, () => 100)]);
      return [`model.${name}`, { shape: [names.length + 1, ...shape.slice(1)], data: more }];
    }),
  );
  // Its file states other statistics, which the recipe corrects.
  const stated = { ...image, mean: [0.1, 0.1, 0.1], std: [0.7, 0.7, 0.7] };
  await writeFile(file, encodeSafetensors(reordered, { image: JSON.stringify(stated) }));
  await writeFile(path.join(runs.out, 'classes.txt'), [...order.map((id) => names[id]), 'else'].join('\n'));
  const classes = path.join(runs.out, 'classes.txt');
  const own = { mean: [...image.mean], std: [...image.std] } satisfies Partial<OwnImageRecipe>;
  const weights = { source: 'weights' as const, path: file, model, classes, image: own };
  const third = await runs.run(smallRecipe({ ...common, data, student, teacher: weights }));
  expect(third).toMatchObject({ state: 'completed', error: null });
  const after = (await predictions(third.folder)).get('teacher')!;
  expect(largestDifference(after.probabilities, before.probabilities)).toBeLessThan(1e-5);

  // As an ONNX file, by the file's own metadata, with its logits stored: the same again.
  const trained = await networkOfRun(run, 'teacher');
  const onnx = path.join(runs.out, 'teacher.onnx');
  await writeFile(onnx, onnxFile(trained, { input: 'normalised', precision: float32 }));
  const logitsFolder = path.join(runs.out, 'logits');
  const recipe = smallRecipe({ ...common, data, student, teacher: { source: 'onnx', path: onnx } });
  const started = await runs.client.runs.start({ recipe, data: runs.data, out: runs.out, logitsFolder });
  const fourth = await runs.client.runs.wait(started);
  expect(await readFile(path.join(fourth.folder, 'log.txt'), 'utf8')).toContain('1 added to it');
  expect(fourth).toMatchObject({ state: 'completed', error: null, architectures: { teacher: 'onnx' } });
  const asFile = (await predictions(fourth.folder)).get('teacher')!;
  expect(largestDifference(asFile.probabilities, before.probabilities)).toBeLessThan(1e-5);
  // The run has its own copy: it is evaluated without the file, and its teacher can teach again.
  await rm(onnx);
  const { models: evaluated } = await runs.client.runs.evaluate({ folder: fourth.folder });
  expect(evaluated.teacher?.scores.accuracy).toBe((await run.result()).models.teacher.test.accuracy);
  const again = await readTeacher(
    { source: 'run', path: fourth.folder, role: 'teacher' },
    { dataset: names.toReversed(), image: data.image },
  );
  expect([again.model.classes, again.image]).toEqual([names.length, image]);
  again.model.dispose();
  // Its own copy is the one that it took, or it is refused.
  await appendFile(path.join(fourth.folder, 'weights', 'teacher-onnx', 'teacher.onnx'), '\0\0');
  await expect(runs.client.runs.evaluate({ folder: fourth.folder })).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining('has changed') as string,
  });

  // Without the names it has one output too many, and says so before anything begins.
  await expect(
    runs.run(smallRecipe({ ...common, data, student, teacher: { ...weights, classes: null } })),
  ).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    hint: expect.stringContaining(`${names.length + 1} classes`) as string,
  });
});
