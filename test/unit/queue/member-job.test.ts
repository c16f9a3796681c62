import { expect, test } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { memberJobSchema } from '../../../electron/contract/sweep/member-job.ts';
import { queueUrlSchema, shownQueue } from '../../../electron/contract/sweep/queue.ts';
import { hasOnlyPlaces, localRecipe, placesIn } from '../../../electron/engine/queue/portable-recipe.ts';
import { isAttempt } from '../../../electron/engine/queue/queue-executor.ts';
import { placeIn } from '../../../electron/engine/queue/places.ts';

const model = { architecture: 'cifar_resnet8' } as const;
const training = { stages: [{ epochs: 1, learningRate: 0.01 }] };
const recipeOf = (teacher: string, weights: string | null = null) =>
  recipeSchema.parse({
    version: 2,
    name: 'small',
    teacher: { source: 'run', path: teacher },
    student: { model, weights, training },
    distillation: { preset: 'hinton' },
  });

const job = {
  version: 1,
  sweep: 'seeds-20261130-120000-0a1b2c3d',
  shared: 'group/seeds-20261130-120000',
  files: { url: 'http://host:4180', token: 'secret' },
  attempt: '00003-2-seed-1',
  recipe: recipeOf('runs/00000-1-seed-1'),
  runtime: {},
  dataset: { name: 'GTSRB', fingerprint: 'a'.repeat(64), shared: null, served: 'folder' },
  resume: true,
  home: { dataPath: '/data/GTSRB', logitsFolder: '/runs/seeds/cache' },
  stop: false,
};
const isJob = (changes: object): boolean => memberJobSchema.safeParse({ ...job, ...changes }).success;

test('a job names nothing outside of its worker', () => {
  expect(isJob({})).toBe(true);
  for (const name of ['..', '../x', '/etc', 'a/b', 'C:', '.hidden', ''])
    expect(isJob({ sweep: name })).toBe(false);
  for (const shared of ['../other', '/etc', 'a//b', 'a/../../b', 'a\\..\\b'])
    expect(isJob({ shared })).toBe(false);
  for (const attempt of ['../00003-2-seed', '00003-0-seed', '3-1-seed', '00003-2-', '00003-2-a/b'])
    expect(isJob({ attempt })).toBe(false);
  for (const name of ['../GTSRB', 'a/b']) expect(isJob({ dataset: { ...job.dataset, name } })).toBe(false);
  expect(isJob({ dataset: { ...job.dataset, fingerprint: '../..' } })).toBe(false);
  expect(isJob({ files: { url: 'file:///etc/passwd', token: '' } })).toBe(false);
  expect(isJob({ command: 'rm' })).toBe(false);
});

test('a recipe from the queue names places below the sweep, and they are places below the folder of the worker', () => {
  const recipe = recipeOf('runs/00000-1-seed-1', 'inputs/0/student.safetensors');
  expect(hasOnlyPlaces(recipe)).toBe(true);
  expect(placesIn(recipe)).toEqual(['runs/00000-1-seed-1', 'inputs/0/student.safetensors']);
  expect(localRecipe(recipe, '/work/seeds')).toMatchObject({
    teacher: { path: '/work/seeds/runs/00000-1-seed-1' },
    student: { weights: '/work/seeds/inputs/0/student.safetensors' },
  });
  for (const place of ['/etc/passwd', '../x', 'runs/../../x'])
    expect(hasOnlyPlaces(recipeOf(place))).toBe(false);
  expect(hasOnlyPlaces(recipeOf('runs/a', '/etc/passwd'))).toBe(false);
});

test('published weights are the same everywhere, and no place', () => {
  const recipe = recipeOf('runs/a', 'torchvision:resnet18');
  expect(placesIn(recipe)).toEqual(['runs/a']);
});

test('a place lies below a folder', () => {
  expect(placeIn('/mnt/runs', '/mnt/runs/a/b')).toBe('a/b');
  for (const other of ['/mnt/runs', '/mnt/other', '/mnt/runs2', '/mnt/runs/../x'])
    expect(placeIn('/mnt/runs', other)).toBeNull();
});

test('the address of a queue is shown without its password', () => {
  expect(shownQueue('rediss://user:secret@host:6380/2')).toBe('rediss://host:6380/2');
  for (const url of ['http://host', 'host:6379', 'redis//x'])
    expect(queueUrlSchema.safeParse(url).success).toBe(false);
});

test('a member that a worker gave back untouched has not been attempted', () => {
  const fault = { code: 'NOT_FOUND' as const, message: 'It has no dataset.', hint: '', retryable: false };
  const report = { version: 1 as const, attempt: '00000-1-a', worker: 'w', state: 'interrupted' as const };
  expect(isAttempt({ report: { ...report, fault } }, null)).toBe(false);
  expect(isAttempt({ report: { ...report, fault } }, 'w')).toBe(true);
  expect(isAttempt({ report: { ...report, fault: null } }, null)).toBe(true);
  // A job that fails by itself, such as one of another version, is not handed out for ever.
  expect(isAttempt({ fault }, null)).toBe(true);
});
