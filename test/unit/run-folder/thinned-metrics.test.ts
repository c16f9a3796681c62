import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../electron/contract/events.ts';
import { LineIndex } from '../../../electron/engine/run-folder/line-index.ts';
import { MetricsLog } from '../../../electron/engine/run-folder/metrics.ts';
import { rewindMetrics } from '../../../electron/engine/run-folder/rewind-metrics.ts';
import { evenly, readThinned } from '../../../electron/engine/run-folder/thinned-metrics.ts';
import { countReads, epochEvent, stepEvent, temporaryFolder } from './support.ts';

const inFolder = () => path.join(temporaryFolder(), 'metrics.jsonl');

/** Two epochs of the teacher and one of the student, a line for every step. */
function written(): string {
  const file = inFolder();
  let now = 0;
  const log = new MetricsLog(file, () => (now += 1000));
  for (const epoch of [1, 2]) {
    for (let step = 1; step <= 100; step++) log.append(stepEvent('teacher', epoch, step));
    log.append(epochEvent('teacher', epoch));
  }
  for (let step = 1; step <= 100; step++) log.append(stepEvent('student', 1, step));
  log.append(epochEvent('student', 1));
  return file;
}

test('points are spread evenly, the first and the last among them', () => {
  expect(evenly(5, 9)).toEqual([0, 1, 2, 3, 4]);
  expect(evenly(11, 3)).toEqual([0, 5, 10]);
  const many = evenly(100_000, 700);
  expect([many[0], many.at(-1), new Set(many).size]).toEqual([0, 99_999, 700]);
  const gaps = many.slice(1).map((index, i) => index - many[i]!);
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
});

test('steps are counted over all epochs, and every column belongs to the same step', async () => {
  const metrics = await readThinned(written(), 200_000);
  expect(metrics.points).toBe(300);
  const [teacher, student] = metrics.steps;
  expect([teacher!.role, student!.role, metrics.steps.length]).toEqual(['teacher', 'student', 2]);
  expect(teacher!.step).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect([teacher!.epoch[0], teacher!.epoch[149], teacher!.epoch[199]]).toEqual([0.01, 1.5, 2]);
  expect(teacher!.loss[149]).toBeCloseTo(1 / (2 + 50), 12);
  expect(student!.loss[99]).toBeCloseTo(1 / 101, 12);
});

test('each distillation term has a column of its own', async () => {
  const file = inFolder();
  const log = new MetricsLog(file);
  log.append(stepEvent('teacher', 1, 1));
  log.append({ ...stepEvent('student', 1, 1), termLosses: [3, 0.25] });
  const { steps } = await readThinned(file, 10);
  expect(steps.map((one) => [one['termLosses.0'], one['termLosses.1']])).toEqual([
    [undefined, undefined],
    [[3], [0.25]],
  ]);
});

test('thinned a role at a time; epochs stay whole', async () => {
  const { steps, epochs, points } = await readThinned(written(), 5);
  expect(points).toBe(300);
  expect(steps.map(({ step }) => step)).toEqual([
    [1, 51, 101, 150, 200],
    [1, 26, 51, 75, 100],
  ]);
  for (const series of steps) {
    const { role, ...columns } = series;
    expect([role, ...Object.values(columns).map(({ length }) => length)]).toEqual([
      role,
      ...Object.keys(columns).map(() => 5),
    ]);
  }
  expect(epochs.map(({ role, epoch }) => [role, epoch])).toEqual([
    ['teacher', 1],
    ['teacher', 2],
    ['student', 1],
  ]);
  expect(epochs[1]).toMatchObject(epochEvent('teacher', 2));
});

test('a torn last line and a damaged one cost their own points only', async () => {
  const file = written();
  const before = await readThinned(file, 200_000);
  appendFileSync(file, '{"type":"step","role":"student",\nno JSON\n{"type":"step","role":"stu');
  const after = await readThinned(file, 200_000);
  expect(after.steps).toEqual(before.steps);
  expect(after.epochs).toEqual(before.epochs);
});

test('no file has no points; a loss that was no number comes back as such', async () => {
  const file = inFolder();
  expect(await readThinned(file, 10)).toEqual({ steps: [], epochs: [], points: 0 });
  const line = JSON.stringify({ time: '', ...stepEvent('teacher', 1, 1), loss: null });
  writeFileSync(file, `${line}\n`);
  expect((await readThinned(file, 10)).steps[0]!.loss).toEqual([NaN]);
});

const lineOf = (event: RunEvent) => `${JSON.stringify({ time: '2026-01-01T00:00:00.000Z', ...event })}\n`;

test('of a file that has grown only the new lines are read, and those that are shown', async () => {
  const file = inFolder();
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => lineOf(stepEvent('teacher', 1, from + i))).join('');
  writeFileSync(file, rows(0, 20_000));
  await countReads(await open(file), async (source) => {
    const index = new LineIndex(1);
    const { size } = statSync(file);
    await index.extend(source.handle, size);
    expect(index.count('teacher')).toBe(20_000);
    // Once, but for the line that a piece cuts through.
    expect(source.bytes() / size).toBeCloseTo(1, 3);
    const read = source.bytes();
    const found: number[] = [];
    const steps = (wanted: number[]) =>
      index.steps(source.handle, 'teacher', wanted, ({ step }) => void found.push(step));
    await steps([0, 777, 19_999]);
    expect(found).toEqual([0, 777, 19_999]);
    expect(source.bytes() - read).toBeLessThan(size / 100);

    const before = source.bytes();
    appendFileSync(file, rows(20_000, 20_010));
    const grown = statSync(file).size;
    expect(await index.isStillTrue(source.handle, grown)).toBe(true);
    await index.extend(source.handle, grown);
    expect(index.count('teacher')).toBe(20_010);
    expect(source.bytes() - before).toBeLessThan(grown - size + 1000);
    await steps([20_009]);
    expect(found.at(-1)).toBe(20_009);
  });
});

test('what was rewound and written anew is read anew', async () => {
  const file = written();
  const before = await readThinned(file, 1000);
  await rewindMetrics(file, 'student', { epoch: 0, step: 40 });
  expect((await readThinned(file, 1000)).steps[1]!.step).toEqual(before.steps[1]!.step.slice(0, 40));
  const other = { ...stepEvent('student', 1, 41), loss: 0.75 } as RunEvent;
  appendFileSync(file, lineOf(other).repeat(200));
  const after = await readThinned(file, 1000);
  expect(after.steps[1]!.loss.slice(40)).toEqual(Array.from({ length: 200 }, () => 0.75));
  expect(after.steps[0]).toEqual(before.steps[0]);
});

test('roles whose lines stand among those of another one are kept apart', async () => {
  const file = inFolder();
  const lines = Array.from({ length: 300 }, (_, i) =>
    lineOf(stepEvent(i % 3 === 0 ? 'student' : 'teacher', 1, i)),
  );
  writeFileSync(file, lines.join(''));
  const { steps } = await readThinned(file, 7);
  expect(steps.map(({ role, step }) => [role, step])).toEqual([
    ['teacher', evenly(200, 7).map((n) => Math.floor(n / 2) * 3 + 1 + (n % 2))],
    ['student', evenly(100, 7).map((n) => n * 3)],
  ]);
});
