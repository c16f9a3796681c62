import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { readJson, writeFileAtomic, writeJsonAtomic } from '../../../electron/platform/files.ts';
import { temporaryFolder } from '../run-folder/support.ts';

/** The system error that the disk is to answer with in the middle of a write. */
const disk = vi.hoisted(() => ({ failure: null as string | null }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fsPromises>();
  const open = async (...parameters: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...parameters);
    if (disk.failure === null) return handle;
    const code = disk.failure;
    handle.writeFile = async () => {
      await handle.write('{"half": ');
      throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
    };
    return handle;
  };
  return { ...real, open };
});

beforeEach(() => {
  disk.failure = null;
});

test('a write replaces the file and leaves nothing else behind', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'run.json');
  await writeJsonAtomic(file, { state: 'queued' });
  await writeJsonAtomic(file, { state: 'running' });
  expect(await readJson(file)).toEqual({ state: 'running' });
  expect(readdirSync(folder)).toEqual(['run.json']);
});

test.each([
  ['ENOSPC', 'DISK_FULL', true],
  ['EDQUOT', 'DISK_FULL', true],
  ['EROFS', 'NOT_WRITABLE', false],
])('%s in the middle of a write leaves the old file as it was: %s', async (code, expected, retryable) => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'run.json');
  writeFileSync(file, 'old');
  disk.failure = code;
  await expect(writeFileAtomic(file, 'new')).rejects.toMatchObject({
    code: expected,
    retryable,
    message: expect.stringContaining(file) as string,
    hint: expect.stringMatching(/\w+/) as string,
  });
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['run.json']);
});

test('a stream that breaks off leaves the old file as it was', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'weights');
  writeFileSync(file, 'old');
  const stream = async function* () {
    yield await Promise.resolve(new Uint8Array([1, 2, 3]));
    throw new Error('the source broke');
  };
  await expect(writeFileAtomic(file, stream())).rejects.toThrow('the source broke');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['weights']);
});

test('a missing folder and a folder in the place of the file are named', async () => {
  const folder = temporaryFolder();
  await expect(writeFileAtomic(path.join(folder, 'none', 'a'), 'x')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(writeFileAtomic(folder, 'x')).rejects.toMatchObject({
    code: expect.stringMatching(/INVALID_INPUT|INTERNAL/) as string,
  });
  await expect(readJson(folder)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('text that is not JSON is RUN_CORRUPT', async () => {
  const file = path.join(temporaryFolder(), 'run.json');
  writeFileSync(file, '{"state": "run');
  await expect(readJson(file)).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining(file) as string,
  });
});
