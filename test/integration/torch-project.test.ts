import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { type Recipe } from '../../electron/contract/recipe.ts';
import type { trainingSchema } from '../../electron/contract/recipe/training.ts';
import type { ImageRecipe } from '../../electron/contract/recipe/image.ts';
import { chooseBackend } from '../../electron/engine/backend/choose.ts';
import { drawTransform } from '../../electron/engine/data/augment.ts';
import { prepareData, type PreparedData } from '../../electron/engine/data/prepared-data.ts';
import { renderInto } from '../../electron/engine/data/render.ts';
import { forward } from '../../electron/engine/evaluate/predict.ts';
import { trainingLoader, withLoaders } from '../../electron/engine/inputs/loaders.ts';
import { modelSeed, startModel } from '../../electron/engine/inputs/models.ts';
import { readTeacher } from '../../electron/engine/inputs/read-teacher.ts';
import { openTeacherView } from '../../electron/engine/inputs/teacher-view.ts';
import type { Model } from '../../electron/engine/models/index.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../electron/engine/models/weights/safetensors.ts';
import { saveModel } from '../../electron/engine/models/weights/save.ts';
import { random } from '../../electron/engine/numbers/random.ts';
import type { BatchSource } from '../../electron/engine/train/batch-source.ts';
import { fit } from '../../electron/engine/train/fit.ts';
import { distilling } from '../support/distilling.ts';
import { pythonWith, runPython } from '../support/python.ts';
import { trainedLooking } from '../support/small-networks.ts';
import { smallRecipe, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();
const run = promisify(execFile);

/** The teacher sees the images otherwise than the student. */
const teachers: ImageRecipe = { size: 24, resize: 'crop', mean: [0.5, 0.4, 0.3], std: [0.5, 0.6, 0.7] };
const teacherModel = { architecture: 'cifar_resnet14', width: 8, stem: 'small', head: 'linear' } as const;
const rising = { schedule: 'cosine', from: 0.2, to: 1 } as const;

/** All that a training can ask for: every term, frozen groups, rates of their own, smoothing, a limit of the gradients. 2 x 10 steps. */
const recipeOf = (teacher: string, parts: Partial<z.input<typeof trainingSchema>> = {}): Recipe =>
  smallRecipe({
    data: { image: { size: 16 }, split: { method: 'track-random', fraction: 0.34 } },
    teacher: { source: 'weights', path: teacher, model: { ...teacherModel } },
    student: {
      model: { architecture: 'cifar_resnet8', width: 8, stem: 'small' },
      training: {
        batchSize: 24,
        stages: [
          { epochs: 1, freezeTo: 1, learningRate: 0.01 },
          { epochs: 1, freezeTo: 0, learningRate: [0.001, 0.01] },
        ],
        clipNorm: 1,
        labelSmoothing: 0.1,
        ...parts,
      },
    },
    distillation: {
      labels: { weight: { schedule: 'linear', from: 0.5, to: 0.1 } },
      terms: [
        { method: 'soft-target', temperature: 3, weight: rising },
        { method: 'logits', weight: 0.05 },
        { method: 'dkd', temperature: 2, standardise: true, weight: 0.1 },
        { method: 'nkd', weight: 0.1 },
        { method: 'dist', temperature: 4, weight: 1 },
        { method: 'fitnet', weight: 0.3, student: 'layer2', teacher: 'layer2' },
        { method: 'attention', weight: 50, stages: [{ student: 'layer3', teacher: 'layer3' }] },
        { method: 'similarity', weight: 1, stages: [{ student: 'layer2', teacher: 'layer3' }] },
        { method: 'rkd', weight: 0.01 },
        { method: 'pkt', weight: 1 },
        {
          method: 'activation-boundaries',
          weight: 0.02,
          stages: [{ student: 'layer1', teacher: 'layer2' }],
        },
        { method: 'reused-classifier', weight: 0.2 },
      ],
    },
    baseline: false,
    evaluation: {},
  });

const planar = (images: Float32Array, n: number): StoredTensor => {
  const size = Math.sqrt(images.length / n / 3);
  const data = new Float32Array(images.length);
  const area = size * size;
  for (let at = 0; at < images.length; at++) {
    const [image, place, channel] = [Math.floor(at / (3 * area)), Math.floor(at / 3) % area, at % 3] as const;
    data[(image * 3 + channel) * area + place] = images[at]!;
  }
  return { shape: [n, 3, size, size], data };
};

interface Step {
  loss: number;
  label_loss: number;
  term_losses: number[];
}

interface Own {
  /** Every batch of the training, as RecordedBatches of data.py reads it. */
  batches: Uint8Array;
  steps: Step[];
}

/** The engine's own training of the student, whose weights go into `file`. */
async function trained(recipe: Recipe, data: PreparedData, classNames: string[], file: string): Promise<Own> {
  if (recipe.teacher.source !== 'weights') throw new Error('The teacher is given.');
  const { model: teacher, image } = await readTeacher(recipe.teacher, {
    dataset: classNames,
    image: recipe.data.image,
  });
  const signal = new AbortController().signal;
  const view = await openTeacherView(data, image, { recipe, dataPath: runs.data, workers: 1, signal });
  const seed = modelSeed(recipe, 'student');
  const student = await startModel(recipe, 'student', classNames.length, () => undefined);
  const { objective, distillation } = distilling(recipe.distillation, student, teacher as Model, {
    labelSmoothing: 0.1,
    epochs: 2,
    seed,
    view: 1,
  });
  const { training } = recipe.student;
  const loader = trainingLoader(data, recipe, {
    role: 'student',
    training,
    seed,
    workers: 1,
    views: [view!],
  });
  const stored = new Map<string, StoredTensor>();
  let count = 0;
  const recording: BatchSource = {
    batches: loader.batches,
    images: loader.images,
    waitSeconds: 0,
    async *epoch(epoch, options) {
      for await (const batch of loader.epoch(epoch, options)) {
        for (const [at, images] of [batch.images, ...(batch.views ?? [])].entries())
          stored.set(`${count}.view${at}`, planar(images, batch.n));
        const labels = BigInt64Array.from(batch.labels, BigInt);
        stored.set(`${count++}.labels`, { shape: [batch.n], data: labels });
        yield batch;
      }
    },
  };
  const steps: Step[] = [];
  try {
    await withLoaders({ loader }, () =>
      fit({
        model: student,
        training,
        objective,
        train: recording,
        validation: null,
        role: 'student',
        seed,
        onEvent: () => undefined,
        checkpoints: null,
        resume: false,
        trace: false,
        signal,
        callbacks: [
          {
            afterRead({ read }) {
              const { loss, labelLoss, termLosses } = read!;
              steps.push({ loss, label_loss: labelLoss, term_losses: termLosses });
            },
          },
        ],
      }),
    );
    await saveModel(file, student, { classNames, image: recipe.data.image });
    const metadata = { views: '2', steps: String(count), stepsPerEpoch: String(loader.batches) };
    return { batches: encodeSafetensors(stored, metadata), steps };
  } finally {
    distillation.dispose();
    student.dispose();
    teacher.dispose();
    await view!.close();
  }
}

const python = pythonWith('torch', 'safetensors', 'numpy', 'PIL');
const skipped =
  python === null ? ' (skipped: no Python with torch, safetensors, numpy and PIL; PYTHON names one)' : '';

test.skipIf(python === null)(
  `a PyTorch project on two processes has our losses of the first 20 batches, and its weights come back${skipped}`,
  async () => {
    const folder = path.join(runs.out, 'torch');
    const project = path.join(folder, 'project');
    const weights = path.join(folder, 'teacher.safetensors');
    await mkdir(folder, { recursive: true });
    const recipe = recipeOf(weights);
    const signal = new AbortController().signal;
    const data = await prepareData({ recipe, dataPath: runs.data, workers: 1, signal });
    const classNames = data.classes.map(({ name }) => name);
    const teacher = trainedLooking({ ...teacherModel }, classNames.length);
    await saveModel(weights, teacher, { classNames, image: teachers });
    teacher.dispose();

    const { roles } = await runs.client.recipes.writeTorch({ recipe, data: runs.data, folder: project });
    expect(roles).toEqual(['student']);
    await chooseBackend('onnxruntime', 1);
    const own = await trained(recipe, data, classNames, path.join(folder, 'own.safetensors'));
    expect(own.steps).toHaveLength(20);
    const recorded = path.join(folder, 'batches.safetensors');
    await writeFile(recorded, own.batches);

    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' };
    const processes = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2'];
    const train = path.join(project, 'train.py');
    const { stdout } = await run(
      python!,
      [...processes, train, '--batches', recorded, '--sync-batch-norm', '--out', path.join(folder, 'out')],
      { env },
    );
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Partial<Step>)
      .filter((line): line is Step => line.loss !== undefined);
    expect(theirs).toHaveLength(20);
    const differences = theirs.map(({ loss }, at) => Math.abs(loss / own.steps[at]!.loss - 1));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    for (const [at, { label_loss, term_losses }] of own.steps.entries())
      for (const [k, loss] of [label_loss, ...term_losses].entries())
        expect([theirs[at]!.label_loss, ...theirs[at]!.term_losses][k]! / loss, `step ${at + 1}`).toBeCloseTo(
          1,
          2,
        );

    // What it wrote is read as a teacher, with its image, and has the logits that PyTorch computes.
    const file = path.join(folder, 'out', 'student.safetensors');
    const { teacher: given } = recipe;
    if (given.source !== 'weights') throw new Error('The teacher is given.');
    const back = await readTeacher(
      { ...given, path: file, model: recipe.student.model },
      { dataset: classNames, image: teachers },
    );
    expect(back.image).toEqual(recipe.data.image);
    const images = Float32Array.from({ length: 4 * 16 * 16 * 3 }, (_, i) => Math.sin(i));
    const noise = random(5, 'pixels');
    const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, () => noise.integer(256));
    const transform = drawTransform(
      { ...recipe.data.augment!, rotate: { maxDegrees: 40, p: 1 }, brightness: { max: 0.8, p: 1 } },
      random(3, 'transform'),
    );
    const augmented = new Float32Array(pixels.length);
    renderInto(pixels, 16, transform, [0, 0, 0], [1, 1, 1], augmented, 0);
    const { brightness, contrast } = transform.lighting!;
    const inputs = path.join(folder, 'inputs.safetensors');
    await writeFile(
      inputs,
      encodeSafetensors(
        new Map([
          ['images', planar(images, 4)],
          [
            'pixels',
            {
              ...planar(
                Float32Array.from(pixels, (value) => value / 255),
                1,
              ),
              shape: [3, 16, 16],
            },
          ],
          ['matrix', { shape: [9], data: Float32Array.from(transform.matrix) }],
          ['lighting', { shape: [2], data: Float32Array.of(brightness, contrast) }],
        ]),
      ),
    );
    const script = path.join(import.meta.dirname, '..', 'support', 'torch_project.py');
    const lines = (await run(python!, [script, project, inputs, file], { env })).stdout.trim().split('\n');
    const [found, ...scores] = lines.map((line) => JSON.parse(line) as unknown) as [
      Record<'logits' | 'augmented' | 'prepared' | 'test', number[]>,
      ...unknown[],
    ];
    const largest = (values: ArrayLike<number>, expected: readonly number[]) =>
      Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)));
    const batch = { images, labels: new Int32Array(4), indices: new Int32Array(4), n: 4 };
    const logits = forward(back.model, batch);
    expect(largest(logits, found.logits)).toBeLessThan(1e-4);
    expect(Math.max(...logits.map(Math.abs))).toBeGreaterThan(0.1);
    back.model.dispose();
    expect(largest(planar(augmented, 1).data as Float32Array, found.augmented)).toBeLessThan(2e-3);
    // Its images are ours, resized by Pillow, in the same order.
    expect(found.test).toEqual([...data.test.labels]);
    const first = new Float32Array(pixels.length);
    const { mean, std } = recipe.data.image;
    renderInto(
      data.test.image(0),
      16,
      { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], lighting: null },
      mean,
      std,
      first,
      0,
    );
    expect(largest(planar(first, 1).data as Float32Array, found.prepared)).toBeLessThan(0.02);
    await data.close();

    // Trained from its own images, and evaluated.
    expect(scores.slice(-2)).toMatchObject([
      { role: 'student', part: 'validation', images: 120 },
      { role: 'student', part: 'test', images: 24 },
    ]);
    expect(await readdir(path.join(project, 'trained'))).toEqual(['student.safetensors']);
  },
);

test.skipIf(python === null)(
  `SGD, a cosine schedule and averaged weights give a PyTorch project our losses and our weights${skipped}`,
  async () => {
    const folder = path.join(runs.out, 'torch-sgd');
    const project = path.join(folder, 'project');
    const weights = path.join(folder, 'teacher.safetensors');
    await mkdir(folder, { recursive: true });
    const recipe = recipeOf(weights, {
      stages: [{ epochs: 2, freezeTo: 0, learningRate: [0.005, 0.02] }],
      optimizer: { name: 'sgd', nesterov: true, weightDecay: 0.01 },
      schedule: { name: 'cosine', warmup: 0.2, final: 0.1 },
      ema: { decay: 0.8 },
    });
    const signal = new AbortController().signal;
    const data = await prepareData({ recipe, dataPath: runs.data, workers: 1, signal });
    const classNames = data.classes.map(({ name }) => name);
    const teacher = trainedLooking({ ...teacherModel }, classNames.length);
    await saveModel(weights, teacher, { classNames, image: teachers });
    teacher.dispose();
    await runs.client.recipes.writeTorch({ recipe, data: runs.data, folder: project });
    await chooseBackend('onnxruntime', 1);
    const ownFile = path.join(folder, 'own.safetensors');
    const own = await trained(recipe, data, classNames, ownFile);
    await data.close();
    const recorded = path.join(folder, 'batches.safetensors');
    await writeFile(recorded, own.batches);
    const out = path.join(folder, 'out');
    const args = ['--batches', recorded, '--out', out];
    const stdout = await runPython(python!, path.join(project, 'train.py'), args);
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Partial<Step>)
      .filter((line): line is Step => line.loss !== undefined);
    expect(theirs).toHaveLength(20);
    for (const [at, { loss }] of own.steps.entries())
      expect(Math.abs(theirs[at]!.loss / loss - 1), `step ${at + 1}`).toBeLessThan(1e-3);
    const [ours, their] = await Promise.all(
      [ownFile, path.join(out, 'student.safetensors')].map(
        async (file) => decodeSafetensors(await readFile(file), file).tensors,
      ),
    );
    expect([...their!.keys()].sort()).toEqual([...ours!.keys()].sort());
    for (const [name, { data: values }] of ours!) {
      // A counter that nothing reads; ours does not count.
      if (name.endsWith('num_batches_tracked')) continue;
      const others = their!.get(name)!.data;
      const error = Math.hypot(...Array.from(values, (value, i) => value - others[i]!));
      const scale = Math.hypot(...Array.from(values, Number));
      // Biases of norms begin at 0 and are still small.
      expect(error / Math.max(scale, 0.01), name).toBeLessThan(5e-3);
    }
  },
);

test('what a project cannot do is refused with the field, and nothing is written', async () => {
  const folder = path.join(runs.out, 'refused');
  const write = (parts: Partial<Recipe>) =>
    runs.client.recipes.writeTorch({ recipe: { ...smallRecipe(), ...parts }, data: runs.data, folder });
  const { data } = smallRecipe();
  await expect(
    write({ data: { ...data, unlabelled: { paths: [runs.data], share: null } } }),
  ).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: expect.stringContaining('data.unlabelled') as string,
  });
  const member = { source: 'run' as const, path: runs.out, role: 'teacher' as const };
  const members = [member, member].map((teacher) => ({ weight: 1, teacher }));
  await expect(write({ teacher: { source: 'ensemble', average: 'logits', members } })).rejects.toMatchObject({
    message: expect.stringContaining('teacher.source') as string,
  });
  await expect(readFile(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(
    runs.client.recipes.writeTorch({ recipe: smallRecipe(), data: runs.data, folder: runs.data }),
  ).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
});
