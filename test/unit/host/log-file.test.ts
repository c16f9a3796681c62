import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileLog } from '../../../electron/host/log-file.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'distill-log-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

it('appends lines with time and stack, and keeps at most one older file', async () => {
  const file = path.join(folder, 'logs', 'serve.log');
  const log = fileLog(file, 200);
  log('first', new Error('broken'));
  expect(await readFile(file, 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z first: Error: broken\n {8}at /);
  for (let line = 0; line < 20; line++) log(`line ${line}: ${'.'.repeat(40)}`);
  const [now, before] = await Promise.all([file, `${file}.1`].map((name) => readFile(name, 'utf8')));
  expect(now!.length).toBeLessThan(300);
  expect(before!.length).toBeLessThan(300);
  expect(now).toContain('line 19');
  expect(before! + now!).not.toContain('line 5');
});

it('never throws', () => {
  fileLog(path.join(folder, 'logs', 'serve.log', 'below-a-file.log'))('said');
});
