import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runsService } from '../../support/runs-service.ts';
import { checkLogitsFolder } from '../../../electron/engine/run/logits-folder.ts';
import { isSegment } from '../../../electron/contract/segment.ts';
import { rewindMetrics } from '../../../electron/engine/run-folder/rewind-metrics.ts';
import { readPredictions } from '../../../electron/engine/run-folder/stored-predictions.ts';
import { listRuns, recover } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { context } from './kept-runs.ts';
import { epochEvent, recipe, start, temporaryFolder } from './support.ts';

const ended = async (out: string, logitsFolder: string | null = null): Promise<RunFolder> => {
  const run = await RunFolder.create(out, recipe(), { ...start(), logitsFolder });
  await run.setState('cancelled');
  return run;
};

test.each([
  'exports',
  'log.txt',
  'metrics.jsonl',
  'weights',
  'checkpoints/teacher',
  'mistakes/0123.png',
  'run.lock',
])('a run whose %s is a link is not opened, and is listed with the reason', async (place) => {
  const out = temporaryFolder();
  const outside = temporaryFolder();
  const run = await ended(out);
  rmSync(run.path(place), { recursive: true, force: true });
  mkdirSync(path.dirname(run.path(place)), { recursive: true });
  symlinkSync(outside, run.path(place));
  const refused = {
    code: 'RUN_CORRUPT',
    message: expect.stringContaining(`"${path.join(place)}"`) as string,
  };
  await expect(recover(run.folder)).rejects.toMatchObject(refused);
  const call = { folder: run.folder, maxPoints: 10 };
  await expect(runsService.metrics(call, context)).rejects.toMatchObject(refused);
  await expect(runsService.probes(call, context)).rejects.toMatchObject(refused);
  expect(await listRuns(out)).toMatchObject([{ state: 'failed', error: refused }]);
  expect(readdirSync(outside)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a link that takes a file’s place while the run is open is neither written to nor read',
  async () => {
    const out = temporaryFolder();
    const outside = path.join(temporaryFolder(), 'outside');
    const text = '{"type":"epoch","role":"teacher","epoch":5}\n';
    writeFileSync(outside, text);
    const run = await RunFolder.create(out, recipe(), start());
    await run.setState('running');
    for (const name of ['metrics.jsonl', 'log.txt', 'probes.jsonl', 'predictions.safetensors'])
      symlinkSync(outside, run.path(name));
    const refused = { code: 'INVALID_INPUT', message: expect.stringContaining('a link') as string };
    const refusedNow = expect.objectContaining(refused) as Error;
    expect(() => run.append(epochEvent('teacher', 1))).toThrow(refusedNow);
    expect(() =>
      run.append({ type: 'probe', probe: { role: 'teacher', epoch: 0, predictions: [] } }),
    ).toThrow(refusedNow);
    run.log('error', 'lost');
    await expect(run.logLines(10)).rejects.toMatchObject(refused);
    await expect(
      rewindMetrics(run.path('metrics.jsonl'), 'teacher', { epoch: 0, step: 0 }),
    ).rejects.toMatchObject(refused);
    await expect(readPredictions(run)).rejects.toMatchObject(refused);
    expect(readFileSync(outside, 'utf8')).toBe(text);
    rmSync(run.path('metrics.jsonl'));
    await run.close().catch(() => undefined);
  },
);

test('a run is opened through a link to its folder', async () => {
  const run = await ended(temporaryFolder());
  const link = path.join(temporaryFolder(), 'link');
  symlinkSync(run.folder, link);
  expect((await recover(link)).state).toBe('cancelled');
});

test('a resume writes teacher logits only where this program keeps them', async () => {
  const out = temporaryFolder();
  const elsewhere = temporaryFolder();
  const check = async (place: string | null) => checkLogitsFolder(await ended(out, place), context);
  for (const place of [null, path.join(out, 'cache'), path.join(out, 'cache', 'mine')]) await check(place);
  for (const place of [elsewhere, path.join(out, 'cache', '..', '..'), out, '/'])
    await expect(check(place)).rejects.toMatchObject({ code: 'RUN_STATE' });
  // What an earlier --cache made.
  mkdirSync(path.join(elsewhere, 'teacher-answers'));
  await check(elsewhere);
  writeFileSync(path.join(out, 'teacher-answers'), '');
  await expect(check(out)).rejects.toMatchObject({ code: 'RUN_STATE' });
  expect(existsSync(path.join(out, 'cache'))).toBe(false);
});

test('a name is one part of a path or none', () => {
  for (const name of ['signs-20260503-090507', 'Straße 1', '日本', 'a.b']) expect(isSegment(name)).toBe(true);
  for (const name of [
    '',
    '.',
    '..',
    '.trash',
    'a/b',
    '../x',
    'a\\b',
    'C:',
    'a\0b',
    'a\n',
    'a.',
    'a ',
    'a'.repeat(256),
  ])
    expect(isSegment(name)).toBe(false);
});
