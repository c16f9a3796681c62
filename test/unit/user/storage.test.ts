import { existsSync, readdirSync, statfsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CallProgress } from '../../../electron/contract/method.ts';
import { saveSettings } from '../../../electron/engine/user/settings.ts';
import { clearStorage, diskSpace, listStorage } from '../../../electron/engine/user/storage.ts';
import { temporaryFolder } from '../run-folder/support.ts';
import { context, fill, useHome } from '../run-folder/kept-runs.ts';

const home = useHome();
const sizes = async (inUse: string[] = []) =>
  Object.fromEntries((await listStorage(inUse, context)).map(({ id, bytes }) => [id, bytes]));

function fillAll(): void {
  fill(path.join(home.folder, 'answers', 'teacher-answers', 'abc', 'epoch-0001.safetensors'), 1000);
  fill(path.join(home.folder, 'weights', 'resnet18-f37072fd.pth'), 6000);
  fill(path.join(home.folder, 'data', 'downloads', 'a.zip'), 200);
  fill(path.join(home.folder, 'data', 'uploads', 'signs', '1.ppm'), 30);
  fill(path.join(home.folder, 'runs', '.trash', 'r-1', 'run.json'), 4);
  fill(path.join(home.folder, 'logs', 'main.log'), 5);
  // What is the user's own, in the same folders.
  fill(path.join(home.folder, 'answers', 'letter.txt'), 7);
  fill(path.join(home.folder, 'data', 'signs', '1.ppm'), 7);
  fill(path.join(home.folder, 'runs', 'r-2', 'run.json'), 7);
}

test('each area has the size of its own files', async () => {
  expect(await sizes()).toEqual({ logits: 0, weights: 0, downloads: 0, uploads: 0, trash: 0, logs: 0 });
  fillAll();
  expect(await sizes()).toEqual({
    logits: 1000,
    weights: 6000,
    downloads: 200,
    uploads: 30,
    trash: 4,
    logs: 5,
  });
});

test('adding up reports each area, and ends when it is cancelled', async () => {
  fillAll();
  const reported: number[] = [];
  const progress = ({ done }: CallProgress) => reported.push(done);
  await listStorage([], { ...context, progress });
  expect(reported).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const signal = AbortSignal.abort();
  await expect(listStorage([], { ...context, signal })).rejects.toBe(signal.reason);
});

test('emptying one touches nothing else', async () => {
  fillAll();
  const before = await sizes();
  for (const id of ['logits', 'weights', 'downloads', 'uploads', 'trash', 'logs'] as const) {
    expect(await clearStorage({ id }, [], context)).toEqual({ freedBytes: before[id] });
    before[id] = 0;
    expect(await sizes()).toEqual(before);
  }
  for (const kept of ['answers/letter.txt', 'data/signs/1.ppm', 'runs/r-2/run.json']) {
    expect(existsSync(path.join(home.folder, kept)), kept).toBe(true);
  }
  expect(await clearStorage({ id: 'trash' }, [], context)).toEqual({ freedBytes: 0 });
});

test('a link in an area is removed, not what it points to', async () => {
  const outside = temporaryFolder();
  fill(path.join(outside, 'precious'), 10);
  fill(path.join(home.folder, 'data', 'uploads', 'one'), 1);
  symlinkSync(outside, path.join(home.folder, 'data', 'uploads', 'link'));
  await clearStorage({ id: 'uploads' }, [], context);
  expect(readdirSync(path.join(home.folder, 'data', 'uploads'))).toEqual([]);
  expect(readdirSync(outside)).toEqual(['precious']);
});

test('what a run at work needs is kept', async () => {
  fillAll();
  const inUse = [path.join(home.folder, 'answers'), path.join(home.folder, 'data', 'uploads', 'signs')];
  const clearable = (await listStorage(inUse, context)).filter((area) => area.clearable).map(({ id }) => id);
  expect(clearable).toEqual(['weights', 'downloads', 'trash', 'logs']);
  for (const id of ['logits', 'uploads'] as const) {
    await expect(clearStorage({ id }, inUse, context)).rejects.toMatchObject({ code: 'RUN_STATE' });
  }
  expect(await sizes()).toMatchObject({ logits: 1000, uploads: 30 });
});

test('areas follow the settings', async () => {
  const elsewhere = temporaryFolder();
  await saveSettings({ logitsFolder: elsewhere }, context);
  fill(path.join(elsewhere, 'teacher-answers', 'x'), 12);
  expect(await sizes()).toMatchObject({ logits: 12 });
});

test('the space of a folder that is not there yet is that of the disk that it would be on', async () => {
  const folder = temporaryFolder();
  const space = await diskSpace({ folder: path.join(folder, 'not', 'yet') }, context);
  const { blocks, bsize } = statfsSync(folder);
  expect(space.folder).toBe(path.join(folder, 'not', 'yet'));
  expect(space.totalBytes).toBe(blocks * bsize);
  expect(space.freeBytes).toBeGreaterThan(0);
  expect(space.freeBytes).toBeLessThanOrEqual(space.totalBytes);
});
