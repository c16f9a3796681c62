import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { appendLog, readLog } from '../../../electron/engine/run-folder/log-file.ts';
import { temporaryFolder } from './support.ts';

test('what was logged comes back, messages of many lines whole', async () => {
  const file = path.join(temporaryFolder(), 'log.txt');
  expect(await readLog(file, 10)).toEqual([]);
  appendLog(file, 'info', 'State: running.');
  appendLog(file, 'warn', 'two\n  lines');
  appendLog(file, 'error', 'three\n\nlines');
  appendFileSync(file, '2026-01-01T00:00:00.000Z inf');
  const lines = await readLog(file, 10);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['info', 'State: running.'],
    ['warn', 'two\n  lines'],
    ['error', 'three\n\nlines'],
  ]);
  expect(Math.abs(Date.parse(lines[0]!.time) - Date.now())).toBeLessThan(60_000);
  expect((await readLog(file, 2)).map(({ level }) => level)).toEqual(['warn', 'error']);
});

test('only the end of a long log is read, and no message is torn', async () => {
  const file = path.join(temporaryFolder(), 'log.txt');
  const row = (i: number) => `2026-01-01T00:00:00.000Z info  ${i} ${'é'.repeat(3000)}\n`;
  writeFileSync(file, Array.from({ length: 500 }, (_, i) => row(i)).join(''));
  const lines = await readLog(file, 500);
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.length).toBeLessThan(500);
  expect(lines.at(-1)!.message).toBe(`499 ${'é'.repeat(3000)}`);
  expect(lines[0]!.message).toMatch(/^\d+ é{3000}$/);
});
