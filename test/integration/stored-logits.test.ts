import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../electron/contract/events.ts';
import type { Recipe, RecipeInput } from '../../electron/contract/recipe.ts';
import { runtimeSchema } from '../../electron/contract/runtime.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { float32 } from '../../electron/engine/export/onnx/precision.ts';
import { onnxFile } from '../../electron/engine/export/onnx/write.ts';
import { networkOfRun } from '../../electron/engine/export/trained-network.ts';
import { trainingLoader, validationLoader, withLoaders } from '../../electron/engine/inputs/loaders.ts';
import { loadModel, modelSeed, startModel } from '../../electron/engine/inputs/models.ts';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { prepareData, type PreparedData } from '../../electron/engine/data/prepared-data.ts';
import { openStoredLogits } from '../../electron/engine/run/stored-logits.ts';
import { liveTeacher, type TeacherSource } from '../../electron/engine/distill/teacher.ts';
import { halfBits, halfValue } from '../../electron/engine/numbers/float16.ts';
import { distilling } from '../support/distilling.ts';
import { logitsOnly, outputsFrom, tidyOutputs } from '../../electron/engine/models/model-outputs.ts';
import type { Model } from '../../electron/engine/models/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/engine/models/weights/safetensors.ts';
import { RunFolder } from '../../electron/engine/run-folder/run-folder.ts';
import { readPredictions } from '../../electron/engine/run-folder/stored-predictions.ts';
import type { Callback } from '../../electron/engine/train/callback.ts';
import { fit } from '../../electron/engine/train/fit.ts';
import { modelVariables } from '../../electron/engine/train/snapshot.ts';
import { drawnClasses, smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();

type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** A split that no seed draws: 40 images a class train, in batches that do not divide them. */
const data = { image: { size: 32 }, split: { method: 'track-first', fraction: 0.34 } } as const;
const recipeOf = (parts: Partial<RecipeInput> = {}) =>
  smallRecipe({ data, baseline: false, evaluation: {}, exports: [], ...parts });

const tensorsOf = (folder: string, role: string) => {
  const file = path.join(folder, 'weights', `${role}.safetensors`);
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return Object.fromEntries(
    [...tensors].map(([name, { data: values }]) => [name, Buffer.from(values.buffer).toString('base64')]),
  );
};

/** Starts a run; `stop` says at which step it is stopped. */
async function start(recipe: Recipe, logitsFolder: string | null, stop?: (step: StepEvent) => boolean) {
  const { folder } = await runs.client.runs.start({
    recipe,
    data: runs.data,
    out: runs.out,
    logitsFolder,
    runtime: smallRuntime,
  });
  const end = runs.client.subscribe(runTopic(folder), (event) => {
    if (event.type !== 'step' || !stop?.(event)) return;
    end();
    void runs.client.runs.stop({ folder });
  });
  const { state, error } = await runs.client.runs.wait({ folder });
  expect([state, stop ? null : error]).toEqual([stop ? 'cancelled' : 'completed', null]);
  return folder;
}

/** Where the logits came from, by the log. */
async function counts(folder: string): Promise<string[]> {
  const log = await readFile(path.join(folder, 'log.txt'), 'utf8');
  return [...log.matchAll(/\d+ of \d+ epochs? from the store, \d+ added/g)].map(([text]) => text);
}

const taught = (folder: string): RecipeInput['teacher'] => ({ source: 'run', path: folder, role: 'teacher' });

async function epochFiles(cache: string): Promise<string[]> {
  const stores = await readdir(path.join(cache, 'teacher-answers'));
  expect(stores).toHaveLength(1);
  const names = await readdir(path.join(cache, 'teacher-answers', stores[0]!));
  return names.filter((name) => name.endsWith('.safetensors')).toSorted();
}

describe('runs with stored logits', () => {
  let cache: string;
  let first: string;
  beforeAll(async () => {
    cache = path.join(runs.out, 'cache');
    first = await start(recipeOf(), cache);
  });

  test('the first keeps the logits, in one store', async () => {
    expect(await counts(first)).toEqual(['0 of 2 epochs from the store, 2 added']);
    expect(await epochFiles(cache)).toEqual([
      'epoch-0001.safetensors',
      'epoch-0002.safetensors',
      'validation.safetensors',
    ]);
  });

  test('another uses them, and ends with the same student, bit for bit', async () => {
    const folder = await start(recipeOf({ teacher: taught(first) }), cache);
    expect(await counts(folder)).toEqual(['2 of 2 epochs from the store, 0 added']);
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(first, 'student'));
  });

  test('a sweep shares them: other temperature, other seed, more epochs', async () => {
    const warm = await start(
      recipeOf({
        teacher: taught(first),
        distillation: { terms: [{ method: 'soft-target', temperature: 9 }] },
        seed: 8,
      }),
      cache,
    );
    expect(await counts(warm)).toEqual(['2 of 2 epochs from the store, 0 added']);
    expect(tensorsOf(warm, 'student')).not.toEqual(tensorsOf(first, 'student'));
    const { model, training } = recipeOf().student;
    const longer = { model, training: { ...training, stages: [{ epochs: 3, learningRate: 0.003 }] } };
    const folder = await start(recipeOf({ teacher: taught(first), student: longer }), cache);
    expect(await counts(folder)).toEqual(['2 of 3 epochs from the store, 1 added']);
  });

  test('another augmentation or another teacher does not', async () => {
    const augmented = recipeOf({ teacher: taught(first), data: { ...data, augment: { flip: { p: 0.5 } } } });
    const flipped = await start(augmented, cache);
    expect(await counts(flipped)).toEqual(['0 of 2 epochs from the store, 2 added']);
    const student = { source: 'run', path: first, role: 'student' } as const;
    const other = await start(recipeOf({ teacher: student }), cache);
    expect(await counts(other)).toEqual(['0 of 2 epochs from the store, 2 added']);
    expect(await readdir(path.join(cache, 'teacher-answers'))).toHaveLength(3);
  });

  test('stopped within an epoch it keeps whole epochs only, and resumed it ends as if never stopped', async () => {
    const other = path.join(runs.out, 'stopped');
    const recipe = recipeOf({ teacher: taught(first) });
    const folder = await start(recipe, other, ({ epoch, step }) => epoch === 2 && step === 2);
    expect(await epochFiles(other)).toEqual(['epoch-0001.safetensors', 'validation.safetensors']);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(await counts(folder)).toEqual([
      '0 of 2 epochs from the store, 1 added',
      '0 of 1 epoch from the store, 0 added',
    ]);
    expect(await epochFiles(other)).toEqual(['epoch-0001.safetensors', 'validation.safetensors']);
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(first, 'student'));
    const next = await start(recipe, other);
    expect(await counts(next)).toEqual(['1 of 2 epochs from the store, 1 added']);
    expect(tensorsOf(next, 'student')).toEqual(tensorsOf(first, 'student'));
  });

  test('images without labels: stopped and resumed it ends as if never stopped, and another run finds their logits', async () => {
    const more = path.join(runs.out, 'more');
    await drawSample(more, { seed: 5, tracksPerClass: 1, testPerClass: 1, classes: drawnClasses });
    const unlabelled = { paths: [more], share: 0.25 };
    const recipe = recipeOf({ teacher: taught(first), data: { ...data, unlabelled } });
    const other = path.join(runs.out, 'unlabelled');
    const folder = await start(recipe, other, ({ epoch, step }) => epoch === 2 && step === 2);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    const whole = await start(recipe, other);
    expect(await counts(whole)).toEqual(['1 of 2 epochs from the store, 1 added']);
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(whole, 'student'));
    expect(tensorsOf(folder, 'student')).not.toEqual(tensorsOf(first, 'student'));
    const { dataset } = await (await RunFolder.open(whole)).result();
    // Four classes of a track of 30 frames, and a test image of each.
    expect(dataset.unlabelled).toBe(124);
    expect(await readFile(path.join(whole, 'log.txt'), 'utf8')).toContain(
      'Of the 32 images of each of its batches, 8 have no label.',
    );
  });

  test('several teachers: a store each, own images; stopped and resumed it ends as if never stopped', async () => {
    const file = path.join(first, 'weights', 'teacher.safetensors');
    const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
    const image = JSON.stringify({ ...recipeOf().data.image, size: 28 });
    const smaller = path.join(runs.out, 'smaller.safetensors');
    await writeFile(smaller, encodeSafetensors(tensors, { ...metadata, image }));
    const { model } = recipeOf().student;
    const members = [
      { weight: 3, teacher: { source: 'run', path: first } as const },
      { teacher: { source: 'weights', path: smaller, model } as const },
    ];
    const recipe = recipeOf({ teacher: { source: 'ensemble', members } });
    const whole = await start(recipe, cache);
    expect(await counts(whole)).toEqual([
      '2 of 2 epochs from the store, 0 added',
      '0 of 2 epochs from the store, 2 added',
    ]);
    const log = await readFile(path.join(whole, 'log.txt'), 'utf8');
    expect(log).toContain(
      'Teacher 2, “smaller.safetensors”: It sees the images as it was trained to: 28 px instead of 32.',
    );
    expect(log).toMatch(/Teacher 1, the teacher of “small-.*”: The teacher gets \d+ of/);

    const folder = await start(
      recipe,
      path.join(runs.out, 'ensemble'),
      ({ epoch, step }) => epoch === 2 && step === 2,
    );
    // What the run took is all that it needs.
    await rm(smaller);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(whole, 'student'));
    expect(tensorsOf(folder, 'student')).not.toEqual(tensorsOf(first, 'student'));
    const { models } = await (await RunFolder.open(folder)).result();
    const single = await (await RunFolder.open(first)).result();
    expect(models.teacher.architecture).toBe('ensemble');
    expect(models.teacher.parameters).toBe(2 * single.models.teacher.parameters);
    const { keys, models: kept } = await readPredictions(await RunFolder.open(folder));
    const images = [path.join(runs.data, keys[0]!)];
    const [predicted] = await runs.client.runs.predict({ folder, role: 'teacher', images });
    const { id, probability } = predicted!.top5[0]!;
    expect(probability).toBeCloseTo(kept.get('teacher')!.probabilities[id]!, 5);
    const evaluated = await runs.client.runs.evaluate({ folder });
    expect(evaluated.models.teacher?.scores.accuracy).toBe(models.teacher.test.accuracy);
    await expect(
      runs.client.runs.export({ folder, formats: ['onnx'], roles: ['teacher'] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('is an ensemble of 2 networks') as string });
    await expect(start(recipeOf({ teacher: taught(folder) }), null)).rejects.toMatchObject({
      message: expect.stringContaining('is an ensemble of 2 networks') as string,
    });
  });

  test('an ONNX teacher of some classes: stopped and resumed it ends as if never stopped', async () => {
    const network = await networkOfRun(await RunFolder.open(first), 'teacher');
    const file = path.join(runs.out, 'teacher.onnx');
    await writeFile(file, onnxFile(network, { input: 'normalised', precision: float32 }));
    const [unknown] = drawnClasses;
    const classes = network.classes.with(unknown, 'another');
    const recipe = recipeOf({ teacher: { source: 'onnx', path: file, classes } });
    const logits = (name: string) => path.join(runs.out, name);
    const whole = await start(recipe, logits('onnx-whole'));
    const folder = await start(
      recipe,
      logits('onnx-stopped'),
      ({ epoch, step }) => epoch === 2 && step === 2,
    );
    // The run has its own copy.
    await rm(file);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(whole, 'student'));
    const { models, comparison } = await (await RunFolder.open(folder)).result();
    expect(models.teacher.covers).toEqual([...classes.keys()].filter((id) => id !== unknown));
    // Each of the four drawn classes has as many test images.
    expect(models.teacher.test.n).toBe(models.student.test.n * 0.75);
    expect(comparison.agreement).toBeGreaterThan(0);
  });

  test('terms on features have the teacher compute, adapters go on after a stop and are not in the weights', async () => {
    const recipe = recipeOf({
      version: 2,
      teacher: taught(first),
      distillation: {
        labels: { weight: 1 },
        terms: [
          { method: 'fitnet', student: 'layer2', teacher: 'layer2', weight: 1 },
          {
            method: 'attention',
            stages: [{ student: 'layer3', teacher: 'layer3' }],
            weight: { schedule: 'linear', from: 0, to: 100 },
          },
        ],
      },
    });
    const whole = await start(recipe, cache);
    expect(await readFile(path.join(whole, 'log.txt'), 'utf8')).toContain('only logits are stored');
    const folder = await start(recipe, cache, ({ epoch, step }) => epoch === 2 && step === 2);
    await runs.client.runs.resume({ folder });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(whole, 'student'));
    expect(Object.keys(tensorsOf(folder, 'student'))).toEqual(Object.keys(tensorsOf(first, 'student')));
    expect(tensorsOf(folder, 'student')).not.toEqual(tensorsOf(first, 'student'));
  });

  test('a training that began without them goes on without them', async () => {
    const recipe = recipeOf({ teacher: taught(first) });
    const whole = await start(recipe, null);
    const folder = await start(recipe, null, ({ epoch }) => epoch === 2);
    await runs.client.runs.resume({ folder, logitsFolder: cache });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(await readFile(path.join(folder, 'log.txt'), 'utf8')).toContain('continues without them');
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(whole, 'student'));
  });

  test('does not go on with a store for other pixels', async () => {
    const other = path.join(runs.out, 'replaced');
    const recipe = recipeOf({ teacher: taught(first) });
    const folder = await start(recipe, path.join(runs.out, 'replaced-first'), ({ epoch }) => epoch === 2);
    await start(recipeOf({ teacher: taught(first), seed: 8 }), other);
    await runs.client.runs.resume({ folder, logitsFolder: other });
    const { state, error } = await runs.client.runs.wait({ folder });
    expect([state, error?.code]).toEqual(['failed', 'RUN_STATE']);
    await runs.client.runs.resume({ folder, logitsFolder: path.join(runs.out, 'replaced-second') });
    expect((await runs.client.runs.wait({ folder })).state).toBe('completed');
    expect(tensorsOf(folder, 'student')).toEqual(tensorsOf(first, 'student'));
  });

  describe('against a training by hand', () => {
    let prepared: PreparedData;
    let teacher: Model;
    let forwards = 0;
    beforeAll(async () => {
      const { signal } = new AbortController();
      prepared = await prepareData({ recipe: recipeOf(), dataPath: runs.data, workers: 1, signal });
      const names = prepared.classes.map(({ name }) => name);
      const model = await loadModel(path.join(first, 'weights', 'teacher.safetensors'), names);
      teacher = {
        ...model,
        forward(images, context) {
          forwards++;
          return model.forward(images, context);
        },
      };
    });

    /** The student's training as a run has it. */
    async function student(
      recipe: Recipe,
      source: TeacherSource,
      augmentSeed: number,
      callbacks: readonly Callback[] = [],
    ) {
      const { training } = recipe.student;
      const seed = modelSeed(recipe, 'student');
      const model = await startModel(recipe, 'student', prepared.classes.length, () => undefined);
      const loaders = {
        train: trainingLoader(prepared, recipe, { role: 'student', training, seed, augmentSeed, workers: 1 }),
        validation: validationLoader(prepared, recipe, 'student', 1),
      };
      await withLoaders(loaders, ({ train, validation }) =>
        fit({
          model,
          training,
          objective: distilling(recipe.distillation, model, teacher, { source }).objective,
          train,
          validation,
          role: 'student',
          seed,
          onEvent: () => undefined,
          checkpoints: null,
          resume: false,
          trace: true,
          callbacks,
          signal: new AbortController().signal,
        }),
      );
      return Object.fromEntries(
        modelVariables(model).map(({ name, variable }) => [name, [...variable.dataSync()]]),
      );
    }

    async function withStore(recipe: Recipe, folder: string) {
      const run = await RunFolder.create(path.join(runs.out, 'by-hand'), recipe, {
        dataPath: runs.data,
        runtime: runtimeSchema.parse({}),
        logitsFolder: folder,
        startedAt: new Date(),
      });
      try {
        const stored = await openStoredLogits({
          run,
          recipe,
          data: prepared,
          teacher,
          wanted: logitsOnly,
          view: null,
          backend: tf.getBackend(),
          workers: 1,
          resume: false,
          signal: new AbortController().signal,
          log: () => undefined,
        });
        return await student(recipe, stored!.teacher, run.augmentSeed!, stored!.callbacks);
      } finally {
        await run.close();
      }
    }

    test('without a store, logits rounded alike: the same weights; with it no forward pass of the teacher', async () => {
      const recipe = recipeOf();
      const live = liveTeacher(teacher, recipe.student.training.batchSize);
      const rounding: TeacherSource = {
        live: false,
        variables: [],
        outputs: (images, place) =>
          tidyOutputs(() => {
            const { logits } = live.outputs(images, place);
            const halves = logits.dataSync<'float32'>().map((value) => halfValue(halfBits(value)));
            return outputsFrom([tf.tensor2d(halves, logits.shape)], logitsOnly);
          }),
        dispose: () => live.dispose(),
      };
      const seed = modelSeed(recipe, 'student');
      const without = await student(recipe, rounding, seed);
      expect(forwards).toBeGreaterThan(0);
      const cacheByHand = path.join(runs.out, 'cache-by-hand');
      expect(await withStore(recipe, cacheByHand)).toEqual(without);
      forwards = 0;
      expect(await withStore(recipe, cacheByHand)).toEqual(without);
      expect(forwards).toBe(0);
      // Another order of the images: the logits of those that its batches need were kept, too.
      await withStore(recipeOf({ seed: 8 }), cacheByHand);
      expect(forwards).toBe(0);
    });

    test('an image of an epoch has the same bytes whatever the order', async () => {
      const recipe = recipeOf();
      const pixelsOf = async (seed: number, augmentSeed = seed) => {
        const train = trainingLoader(prepared, recipe, {
          role: 'student',
          training: recipe.student.training,
          seed,
          augmentSeed,
          workers: 1,
        });
        return withLoaders({ train }, async () => {
          const found = new Map<number, string>();
          for await (const { images, indices, n } of train.epoch(2)) {
            const length = images.length / n;
            for (const [i, index] of indices.entries())
              found.set(
                index,
                Buffer.from(images.slice(i * length, (i + 1) * length).buffer).toString('hex'),
              );
          }
          return found;
        });
      };
      const [plain, other] = [await pixelsOf(11), await pixelsOf(12, 11)];
      expect([...other.keys()]).not.toEqual([...plain.keys()]);
      const both = [...plain.keys()].filter((index) => other.has(index));
      expect(both.length).toBeGreaterThan(200);
      expect(both.filter((index) => plain.get(index) !== other.get(index))).toEqual([]);
      const moved = await pixelsOf(11, 12);
      expect(both.filter((index) => plain.get(index) === moved.get(index))).toEqual([]);
    });
  });
});
