import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ExportFormat } from '../../../electron/contract/exports.ts';
import { exportRun } from '../../../electron/engine/export/index.ts';
import { encodeSafetensors } from '../../../electron/engine/models/weights/safetensors.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { writePredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { testPredictions } from '../trained/evaluated-run.ts';
import { start, temporaryFolder } from '../run-folder/support.ts';
import { fakeReport } from './fake-run.ts';

/** Files that the disk takes in full, and the system error that it then answers with in the middle of a write. */
const disk = vi.hoisted(() => ({ room: Infinity, failure: 'ENOSPC' }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fsPromises>();
  const open = async (...parameters: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...parameters);
    if (parameters[1] !== 'wx' || disk.room-- > 0) return handle;
    handle.writeFile = async () => {
      await handle.write('half');
      throw Object.assign(new Error(`${disk.failure}: write`), { code: disk.failure });
    };
    return handle;
  };
  return { ...real, open };
});

beforeEach(() => {
  disk.room = Infinity;
});

async function finishedRun(): Promise<RunFolder> {
  const { recipe, result, importReport, metrics } = fakeReport(['Stop', 'Yield', 'Turn']);
  const run = await RunFolder.create(temporaryFolder(), recipe, start());
  await run.setState('running');
  await run.writeDataset(importReport!);
  for (const event of metrics.slice(0, 3)) run.append(event);
  await run.writeResult(result);
  await writePredictions(run, testPredictions());
  await run.prepare('weights', 'any');
  for (const role of ['teacher', 'student'] as const) {
    const weights = encodeSafetensors(new Map([['fc.bias', { shape: [3], data: Float32Array.of(1, 2, 3) }]]));
    writeFileSync(run.weightsFile(role), weights);
  }
  return run;
}

const formats: ExportFormat[] = ['report', 'csv', 'safetensors'];

test('every format goes to a folder of its own, and every file is listed', async () => {
  const run = await finishedRun();
  const out = path.join(temporaryFolder(), 'my exports');
  const { files } = await exportRun(run, formats, out);
  expect(files).toHaveLength(1 + 10 + 4);
  expect(readdirSync(out).sort()).toEqual(files.map((file) => path.basename(file)).sort());
  await run.setState('completed');
});

/** What lies in a folder, hidden files too. */
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name)).toString('base64')]),
  );

test('its progress counts the files; cancelled, what was there is as it was', async () => {
  const run = await finishedRun();
  const whole = temporaryFolder();
  const received: string[] = [];
  await exportRun(run, formats, whole, {
    onProgress: ({ done, total, phase }) => received.push(`${phase} ${done}/${total}`),
  });
  expect(received).toEqual(Array.from({ length: 16 }, (_, done) => `write ${done}/15`));

  const out = temporaryFolder();
  const earlier = path.join(out, path.basename(run.folder) + '-report.html');
  writeFileSync(earlier, 'an earlier report');
  const before = contents(out);
  // The second file is the teacher's weights, which are streamed.
  for (const cut of [0, 1, 14]) {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === cut && controller.abort();
    await expect(
      exportRun(run, formats, out, { signal: controller.signal, onProgress }),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(contents(out)).toEqual(before);
  }
  await run.setState('completed');
});

test('a format that has nothing to write is reported before another writes', async () => {
  const run = await RunFolder.create(temporaryFolder(), fakeReport(['Stop', 'Yield']).recipe, start());
  const out = temporaryFolder();
  await run.setState('running');
  for (const event of fakeReport(['Stop', 'Yield']).metrics.slice(0, 2)) run.append(event);
  await expect(exportRun(run, ['csv', 'safetensors'], out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(readdirSync(out)).toEqual([]);
  await run.setState('cancelled');
});

test.each([
  ['ENOSPC', 0, 'DISK_FULL'],
  ['ENOSPC', 4, 'DISK_FULL'],
  ['ENOSPC', 14, 'DISK_FULL'],
  ['EROFS', 1, 'NOT_WRITABLE'],
])('%s after %i files is %s and leaves what was there', async (failure, room, code) => {
  const run = await finishedRun();
  const out = temporaryFolder();
  await exportRun(run, formats, out);
  const before = contents(out);
  for (const [file, text] of Object.entries(before))
    if (text.length > 0) writeFileSync(path.join(out, file), `earlier ${file}`);
  const earlier = contents(out);
  disk.failure = failure;
  disk.room = room;
  await expect(exportRun(run, formats, out)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(out) as string,
    hint: expect.stringMatching(/\w/) as string,
  });
  expect(contents(out)).toEqual(earlier);
  expect(readdirSync(run.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  disk.room = Infinity;
  await exportRun(run, formats, out);
  expect(contents(out)).toEqual(before);
  await run.setState('completed');
});

test('a file that cannot take its place takes back those that could', async () => {
  const run = await finishedRun();
  const out = temporaryFolder();
  const base = path.join(out, path.basename(run.folder));
  writeFileSync(`${base}-student.safetensors`, 'earlier weights');
  mkdirSync(`${base}-scores.csv`);
  await expect(exportRun(run, formats, out)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('scores.csv') as string,
  });
  expect(readdirSync(out).sort()).toEqual(
    [`${base}-scores.csv`, `${base}-student.safetensors`].map((file) => path.basename(file)),
  );
  expect(readFileSync(`${base}-student.safetensors`, 'utf8')).toBe('earlier weights');
  await run.setState('completed');
});
