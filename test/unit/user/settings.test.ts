import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { readSettings, saveSettings } from '../../../electron/engine/user/settings.ts';
import { homeFolder } from '../../../electron/platform/home.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { context, useHome } from '../run-folder/kept-runs.ts';

const home = useHome();
const read = () => readSettings({}, context);
const save = (input: Parameters<typeof saveSettings>[0]) => saveSettings(input, context);
const file = () => path.join(home.folder, 'settings.json');

test('the home folder is what DISTILL_HOME names, else one in the user’s own folder', async () => {
  expect(homeFolder({ DISTILL_HOME: '/somewhere/else' }, '/home/ann')).toBe(path.resolve('/somewhere/else'));
  expect(homeFolder({}, '/home/ann')).toBe(path.join('/home/ann', '.distill-studio'));
  vi.stubEnv('DISTILL_HOME', '');
  expect(await read()).toMatchObject({
    runsFolder: path.join(homedir(), 'Distill Studio', 'runs'),
    logitsFolder: path.join(homedir(), '.distill-studio', 'answers'),
  });
});

test('everything has a default, and reading makes nothing', async () => {
  expect(await read()).toEqual({
    runsFolder: path.join(home.folder, 'runs'),
    dataFolder: path.join(home.folder, 'data'),
    logitsFolder: path.join(home.folder, 'answers'),
    theme: 'system',
    runtime: runtimeSchema.parse({}),
    recent: [],
  });
  expect(existsSync(home.folder)).toBe(false);
});

test('only what was given changes, and it stays changed', async () => {
  const runsFolder = path.join(temporaryFolder(), 'my', 'runs');
  const saved = await save({ runsFolder, theme: 'dark' });
  expect(saved).toMatchObject({ runsFolder, theme: 'dark', dataFolder: path.join(home.folder, 'data') });
  expect(readdirSync(runsFolder)).toEqual([]);
  const runtime = runtimeSchema.parse({ workers: 3, backend: 'cpu' });
  await save({ runtime });
  expect(await read()).toEqual({ ...saved, runtime });
  // What was never chosen follows the default, wherever that will be.
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ runsFolder, theme: 'dark', runtime });
});

test('changes that come at once are all kept', async () => {
  await Promise.all([
    save({ theme: 'light' }),
    save({ runtime: runtimeSchema.parse({ workers: 2 }) }),
    save({ opened: { kind: 'dataset', path: '/a' } }),
    save({ opened: { kind: 'recipe', path: '/b' } }),
  ]);
  expect(await read()).toMatchObject({ theme: 'light', runtime: { workers: 2 } });
  expect((await read()).recent.map(({ path: opened }) => opened)).toEqual(
    ['/b', '/a'].map((p) => path.resolve(p)),
  );
});

test('what was opened comes first and once, of each kind the last twelve', async () => {
  for (let i = 0; i < 15; i++) await save({ opened: { kind: 'dataset', path: `/d${i}` } });
  await save({ opened: { kind: 'recipe', path: '/d14' } });
  await save({ opened: { kind: 'dataset', path: '/d5' } });
  const { recent } = await read();
  const of = (kind: string) =>
    recent.filter((one) => one.kind === kind).map(({ path: opened }) => path.basename(opened));
  expect(of('dataset')).toEqual(['d5', ...[14, 13, 12, 11, 10, 9, 8, 7, 6, 4, 3].map((i) => `d${i}`)]);
  expect(of('recipe')).toEqual(['d14']);
});

test.each([['{"theme":'], ['{"theme":"pink"}'], ['[]'], ['{"runtime":{"workers":0}}']])(
  'damaged settings (%s) are set aside, whole',
  async (text) => {
    mkdirSync(home.folder, { recursive: true });
    writeFileSync(file(), text);
    expect((await read()).theme).toBe('system');
    const aside = readdirSync(home.folder);
    expect(aside).toEqual([expect.stringMatching(/^settings\.damaged-[\dT-]+Z\.json$/)]);
    expect(readFileSync(path.join(home.folder, aside[0]!), 'utf8')).toBe(text);
    expect((await save({ theme: 'dark' })).theme).toBe('dark');
  },
);

test('a folder that cannot be used is refused, and nothing is saved', async () => {
  const blocked = path.join(temporaryFolder(), 'file');
  writeFileSync(blocked, '');
  for (const runsFolder of [blocked, path.join(blocked, 'below')]) {
    await expect(save({ theme: 'dark', runsFolder })).rejects.toMatchObject({
      message: expect.stringContaining(blocked) as string,
      hint: expect.stringMatching(/\w/) as string,
    });
  }
  expect((await read()).theme).toBe('system');
  expect((await save({ theme: 'dark' })).theme).toBe('dark');
});

test('the folder of teacher logits is read under the name that earlier versions gave it', async () => {
  mkdirSync(home.folder, { recursive: true });
  writeFileSync(file(), JSON.stringify({ answersFolder: '/kept' }));
  expect((await read()).logitsFolder).toBe('/kept');
});
