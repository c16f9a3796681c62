import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { onnxTeacherSchema, teacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { preflight } from '../../../electron/engine/run/preflight.ts';
import { diskSpace } from '../../../electron/engine/user/storage.ts';
import { drawSample } from '../../../electron/engine/data/sample/draw.ts';
import { createModel } from '../../../electron/engine/models/index.ts';
import { saveModel } from '../../../electron/engine/models/weights/save.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { drawnClasses, smallRecipe } from '../../support/small-run.ts';
import { meansNetwork } from '../deployed/onnx-files.ts';
import { context } from '../estimate/support.ts';

vi.mock('../../../electron/engine/user/storage.ts', { spy: true });

let folder: string;
let data: string;
/** The drawn dataset's. */
let classNames: string[];
const { model } = smallRecipe().student;
const runtime = runtimeSchema.parse({});

async function saved(name: string, recipe: ModelRecipe, names: readonly string[]): Promise<string> {
  const file = path.join(folder, name);
  const made = createModel(recipe, names.length, 1);
  await saveModel(file, made, { classNames: [...names] });
  made.dispose();
  return file;
}

const created = () => ({ dataPath: null, runtime, logitsFolder: null, startedAt: new Date() });

beforeAll(async () => {
  await useCpuBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'distill-preflight-'));
  data = path.join(folder, 'sample');
  await drawSample(data, { seed: 3, tracksPerClass: 2, testPerClass: 1, classes: drawnClasses });
  // GTSRB's 43 names, whichever of the classes are drawn.
  classNames = Array.from({ length: 43 }, (_, i) => `class ${i}`);
  const table = classNames.map((name, i) => `${i},${name}`);
  await writeFile(path.join(folder, 'names.csv'), ['ClassId,SignName', ...table].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

function check(change: (recipe: Recipe) => void): Promise<void> {
  const recipe = smallRecipe();
  recipe.data.classNames = path.join(folder, 'names.csv');
  change(recipe);
  return preflight({ recipe, dataPath: data, out: path.join(folder, 'runs') }, context());
}
const startingFrom = (weights: string) => check(({ student }) => (student.weights = weights));

test('a good recipe passes, also one that starts from weights for other classes', async () => {
  await check(() => undefined);
  await startingFrom(await saved('other-head.safetensors', model, ['a', 'b', 'c']));
  expect(existsSync(path.join(folder, 'runs'))).toBe(false);
});

test("student's weights that are cut off, or of which nothing fits, are refused by the file's name", async () => {
  const whole = await readFile(await saved('whole.safetensors', model, classNames));
  const cut = path.join(folder, 'cut.safetensors');
  await writeFile(cut, whole.subarray(0, whole.length / 2));
  await expect(startingFrom(cut)).rejects.toMatchObject({ code: 'WEIGHTS_CORRUPT' });
  const mobile: ModelRecipe = { architecture: 'mobilenet_v2', width: 8, stem: 'imagenet', head: 'linear' };
  const other = await saved('mobile.safetensors', mobile, classNames);
  await expect(startingFrom(other)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining(
      'mobile.safetensors" do not fit cifar_resnet8 with 43 classes: 0 of',
    ) as string,
  });
  await expect(startingFrom(path.join(folder, 'gone.pth'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test("a teacher's weights must fit whole, for the dataset's classes or some of them", async () => {
  const teach = (file: string) =>
    check((recipe) => (recipe.teacher = teacherSchema.parse({ source: 'weights', path: file, model })));
  await teach(await saved('teacher.safetensors', model, classNames));
  await teach(await saved('fewer.safetensors', model, classNames.slice(1)));
  const others = classNames.slice(1).map((name) => `another ${name}`);
  await expect(teach(await saved('others.safetensors', model, others))).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('fc.bias (43 here, 42 in the file)') as string,
  });
});

test.each([
  ['teacher', 0],
  ['student', 1],
] as const)('a stage of the %s that freezes more groups than there are', async (role, at) => {
  const freeze = (freezeTo: number) =>
    check(({ teacher, student }) => {
      const { stages } =
        role === 'teacher' && teacher.source === 'train' ? teacher.training : student.training;
      stages[at] = { epochs: 1, freezeTo, learningRate: 0.1 };
    });
  // Two halves of the body, and the head.
  await freeze(2);
  await freeze(-3);
  for (const beyond of [3, -4]) {
    await expect(freeze(beyond)).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      message: `${role}.training.stages[${at}].freezeTo ${beyond} is outside of cifar_resnet8's 3 parameter groups.`,
    });
  }
});

// torchvision's convnext_tiny refuses images below 32 px: its stem divides by 4, and three convolutions by 2 each, without padding.
test.each(['teacher', 'student'] as const)('images of which the %s would leave nothing', async (role) => {
  const sized = (size: number) =>
    check((recipe) => {
      recipe.data.image.size = size;
      const network = { architecture: 'convnext_tiny', width: 8, stem: 'imagenet', head: 'linear' } as const;
      if (role === 'student') recipe.student.model = network;
      else if (recipe.teacher.source === 'train') recipe.teacher.model = network;
    });
  await sized(32);
  await expect(sized(31)).rejects.toMatchObject({
    code: 'RECIPE_INVALID',
    message: expect.stringContaining(
      `Images of 31 px are too small for the ${role}, convnext_tiny`,
    ) as string,
    hint: expect.stringContaining('to 32 or more') as string,
  });
});

test("a teacher from a run must have been trained, on the dataset's classes or some of them", async () => {
  const run = await RunFolder.create(path.join(folder, 'earlier'), smallRecipe(), created());
  const teach = () =>
    check((recipe) => (recipe.teacher = { source: 'run', path: run.folder, role: 'student' }));
  // It is at work: this run would wait for it.
  await teach();
  const finished = { role: 'student', bestEpoch: 1, trainingSeconds: 1, imagesPerSecond: 1 } as const;
  await mkdir(run.path('weights'));
  const kept = (names: string[]) => saved(path.relative(folder, run.weightsFile('student')), model, names);
  await kept(['class 1', ...classNames.slice(1).map((name) => `another ${name}`)]);
  await run.setState('interrupted');
  await expect(teach()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('has no trained student yet') as string,
  });
  await run.setState('queued');
  await run.finish(finished);
  await run.setState('interrupted');
  await expect(teach()).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' });
  await kept(['another', ...classNames.slice(1)]);
  await teach();
  await kept(classNames);
  await teach();
});

test("an ONNX teacher's stages must have tensors, and those that it offers are listed", async () => {
  const file = path.join(folder, 'teacher.onnx');
  await writeFile(file, meansNetwork({ input: { dims: [1, 3, 4, 4] } }));
  const fitnet = { method: 'fitnet', student: 'layer1', teacher: 'last', weight: 1 } as const;
  const teacher = onnxTeacherSchema.parse({
    source: 'onnx',
    path: file,
    classes: classNames.slice(0, 3),
  });
  const imitate = (taught: Recipe['teacher']) =>
    check((recipe) => {
      recipe.teacher = taught;
      recipe.distillation.terms = [fitnet];
    });
  await expect(imitate(teacher)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: expect.stringContaining('It offers "floats" (4 x 4 x 3).') as string,
  });
  await imitate({ ...teacher, features: { last: 'floats' } });
  // From a run that took the file for its logits alone.
  const run = await RunFolder.create(path.join(folder, 'logits'), { ...smallRecipe(), teacher }, created());
  await expect(imitate({ source: 'run', path: run.folder, role: 'teacher' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: expect.stringContaining('soft targets or logits') as string,
  });
});

test('a disk with less room than the run will need', async () => {
  const space = (freeBytes: number, totalBytes: number) =>
    vi.mocked(diskSpace).mockResolvedValueOnce({ folder: '/small', freeBytes, totalBytes });
  space(1e6, 1e9);
  await expect(check(() => undefined)).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(
      /^The run will need about \d+ MB in "\/small", where 1 MB are free\.$/,
    ) as string,
  });
  space(0, 0);
  await check(() => undefined);
});

/** Images of one class each, by their paths. */
function folderWith(files: readonly string[]): string {
  const root = mkdtempSync(path.join(folder, 'division-'));
  for (const [at, file] of files.entries()) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    // Preflight looks at names alone.
    writeFileSync(path.join(root, file), String(at));
  }
  return root;
}
const frames = (label: string, track: number) =>
  [0, 1, 2].map((frame) => `${label}/0000${track}_0000${frame}.png`);

test.each([
  [
    'one track a class',
    [...frames('stop', 0), ...frames('yield', 0)],
    /^No test images are left: .* single track/,
  ],
  ['one image per class', ['stop/0.png', 'yield/0.png'], /^No test images are left: .* single image/],
  [
    'one class to train',
    ['train/stop/0.png', 'train/stop/1.png', 'test/stop/2.png', 'test/yield/3.png'],
    /^Only one class has training images: “stop”/,
  ],
])('refuses data with %s', async (_, files, says) => {
  const dataPath = folderWith(files);
  const recipe = smallRecipe();
  const refused = preflight({ recipe, dataPath, out: path.join(folder, 'runs') }, context());
  await expect(refused).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(says) as string,
    hint: expect.stringMatching(/^Add/) as string,
  });
});

test('takes data of two tracks a class, and of two images', async () => {
  for (const files of [
    ['stop', 'yield'].flatMap((label) => [...frames(label, 0), ...frames(label, 1)]),
    ['stop/0.png', 'stop/1.png', 'yield/0.png', 'yield/1.png'],
  ]) {
    const dataPath = folderWith(files);
    await preflight({ recipe: smallRecipe(), dataPath, out: path.join(folder, 'runs') }, context());
  }
});

test('a stage that a network does not have is refused before anything is made', async () => {
  const stages = (student: string, teacher: string) =>
    check(({ distillation }) => (distillation.terms = [{ method: 'fitnet', weight: 1, student, teacher }]));
  await expect(stages('layer4', 'layer3')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'The student has no stage “layer4”.',
    hint: expect.stringContaining('layer1, layer2 and layer3') as string,
  });
  await stages('layer3', 'layer3');
});

test('unlabelled images must be there, and of use', async () => {
  const more = path.join(folder, 'more');
  const unlabelled = (paths: string[]) =>
    check((recipe) => (recipe.data.unlabelled = { paths, share: null }));
  await expect(unlabelled([more])).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `There is no file or folder "${more}".`,
  });
  await mkdir(more);
  await expect(unlabelled([more])).rejects.toMatchObject({
    code: 'DATASET_EMPTY',
    message: `There are no images in "${more}", which is to hold unlabelled ones.`,
  });
  await writeFile(path.join(more, 'a.ppm'), 'P6');
  await unlabelled([more]);
  const idle = check((recipe) => {
    recipe.data.unlabelled = { paths: [more], share: null };
    recipe.distillation.terms = [];
  });
  await expect(idle).rejects.toMatchObject({
    message: 'The unlabelled images would do nothing: no distillation term has a weight.',
  });
});
