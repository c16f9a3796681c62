import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../electron/contract/events.ts';
import { MetricsLog, readMetrics } from '../../../electron/engine/run-folder/metrics.ts';
import { PIECE_BYTES } from '../../../electron/engine/run-folder/journal.ts';
import { cutOf, rewindMetrics } from '../../../electron/engine/run-folder/rewind-metrics.ts';
import { countReads, epochEvent, stepEvent, temporaryFolder } from './support.ts';

const metricsFile = () => path.join(temporaryFolder(), 'metrics.jsonl');
const points = (lines: Awaited<ReturnType<typeof readMetrics>>) =>
  lines.map(
    (line) => `${line.role} ${line.type} ${line.epoch}${line.type === 'step' ? `.${line.step}` : ''}`,
  );

test('steps are thinned to two a second for each role, epochs never', async () => {
  const file = metricsFile();
  let now = Date.UTC(2026, 0, 1);
  const log = new MetricsLog(file, () => now);
  for (let step = 1; step <= 100; step++, now += 50) {
    log.append(stepEvent('teacher', 1, step));
    log.append(stepEvent('student', 1, step));
    if (step % 50 === 0) log.append(epochEvent('teacher', step / 50));
  }
  const lines = await readMetrics(file);
  // 5 seconds at most two a second.
  expect(lines.filter((line) => line.type === 'step' && line.role === 'teacher')).toHaveLength(10);
  expect(lines.filter((line) => line.type === 'step' && line.role === 'student')).toHaveLength(10);
  expect(lines.filter((line) => line.type === 'epoch').map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(lines[0]?.time).toBe('2026-01-01T00:00:00.000Z');
});

test('every line is on the disk at once: another process reads the curves', () => {
  const file = metricsFile();
  const log = new MetricsLog(file);
  const lines = () => readFileSync(file, 'utf8').split('\n').length - 1;
  log.append(stepEvent('teacher', 1, 1));
  expect(lines()).toBe(1);
  log.append(epochEvent('teacher', 1));
  expect(lines()).toBe(2);
  expect(log.append({ type: 'log', level: 'info', message: 'not a metric' })).toBe(false);
  expect(lines()).toBe(2);
});

test('a torn last line is left out on reading and cut off before more is appended', async () => {
  const file = metricsFile();
  const log = new MetricsLog(file);
  log.append(epochEvent('teacher', 1));
  appendFileSync(file, '{"type":"epoch","role":"teac\0\0\0');
  expect(points(await readMetrics(file))).toEqual(['teacher epoch 1']);
  const next = new MetricsLog(file);
  next.append(epochEvent('teacher', 2));
  expect(points(await readMetrics(file))).toEqual(['teacher epoch 1', 'teacher epoch 2']);
});

test('a damaged line in the middle is named by its number', async () => {
  const file = metricsFile();
  writeFileSync(file, `${JSON.stringify({ ...epochEvent('teacher', 1), time: 'now' })}\n{"type":"epoch"}\n`);
  await expect(readMetrics(file)).rejects.toMatchObject({
    code: 'RUN_CORRUPT',
    message: expect.stringContaining('Line 2') as string,
  });
});

test('a loss that is not a number survives the way through JSON', async () => {
  const file = metricsFile();
  const log = new MetricsLog(file);
  log.append({ ...stepEvent('student', 1, 1), loss: NaN, termLosses: [NaN, 2] });
  const [line] = await readMetrics(file);
  expect(line).toMatchObject({ loss: NaN, termLosses: [NaN, 2] });
});

/** Lines as versions before the recipe's list of terms wrote them. */
const earlier = (role: string, distillationLoss: number | null): string => {
  const scores = { loss: 2, labelLoss: 1, accuracy: 0.5, top5: 1, f1Weighted: 0.5, f1Macro: 0.5 };
  const place = { time: '2026-05-03T07:05:07.000Z', role, epoch: 1, epochs: 6, stage: 0 };
  const speed = { imagesPerSecond: 100, waitShare: 0.01, etaRunSeconds: null };
  const step = {
    ...{ ...place, type: 'step', step: 3, steps: 10, loss: 2, labelLoss: 1, distillationLoss },
    ...{ learningRate: 1e-3, momentum: 0.9, ...speed, etaEpochSeconds: 1 },
  };
  const train = { ...scores, distillationLoss };
  const epoch = { ...place, type: 'epoch', train, validation: null, best: true, memoryBytes: 1, seconds: 1 };
  return `${JSON.stringify(step)}\n${JSON.stringify({ ...epoch, ...speed })}\n`;
};

test("the one distillation loss of earlier versions is the only term's", async () => {
  const file = metricsFile();
  writeFileSync(file, earlier('teacher', null) + earlier('student', 4));
  const lines = await readMetrics(file);
  const losses = lines.map((line) => (line.type === 'step' ? line : line.train).termLosses);
  expect(losses).toEqual([[], [], [4], [4]]);
  expect(lines.some((line) => 'distillationLoss' in line)).toBe(false);
});

test('a resume drops what its role wrote after the checkpoint', async () => {
  const file = metricsFile();
  let now = 0;
  const log = new MetricsLog(file, () => (now += 500));
  log.append(epochEvent('teacher', 3));
  for (let epoch = 1; epoch <= 2; epoch++) {
    for (const step of [1, 50, 100]) log.append(stepEvent('student', epoch, step));
    log.append(epochEvent('student', epoch));
  }
  log.append(stepEvent('student', 3, 1));

  // The checkpoint of a stop: one whole epoch and 50 steps of the second.
  await rewindMetrics(file, 'student', { epoch: 1, step: 50 });
  const kept = ['student step 1.1', 'student step 1.50', 'student step 1.100', 'student epoch 1'];
  expect(points(await readMetrics(file))).toEqual([
    'teacher epoch 3',
    ...kept,
    'student step 2.1',
    'student step 2.50',
  ]);
  // The checkpoint after the first epoch.
  await rewindMetrics(file, 'student', { epoch: 1, step: 0 });
  expect(points(await readMetrics(file))).toEqual(['teacher epoch 3', ...kept]);
  await rewindMetrics(file, 'student', { epoch: 0, step: 0 });
  expect(points(await readMetrics(file))).toEqual(['teacher epoch 3']);
});

test.skipIf(!existsSync('/dev/full'))('a full disk meets the caller as DISK_FULL', () => {
  const full = expect.objectContaining({ code: 'DISK_FULL', retryable: true }) as Error;
  expect(() => new MetricsLog('/dev/full').append(stepEvent('teacher', 1, 1))).toThrow(full);
});

/** Lines as MetricsLog writes them, without its clock. */
const lineOf = (event: RunEvent, time = '2026-01-01T00:00:00.000Z') =>
  `${JSON.stringify({ time, ...event })}\n`;

test('a rewind keeps what other roles wrote later, damaged lines, and a torn end out of it', async () => {
  const file = metricsFile();
  const kept = [
    lineOf(stepEvent('teacher', 1, 1)),
    'damaged "role":"teacher"\n',
    lineOf(stepEvent('student', 1, 1)),
    lineOf(epochEvent('student', 1)),
  ];
  writeFileSync(
    file,
    [
      ...kept.slice(0, 2),
      lineOf(stepEvent('teacher', 1, 2)),
      lineOf(epochEvent('teacher', 1)),
      ...kept.slice(2),
      lineOf(stepEvent('teacher', 2, 1)),
      '{"type":"step","role":"tea',
    ].join(''),
  );
  await rewindMetrics(file, 'teacher', { epoch: 0, step: 1 });
  expect(readFileSync(file, 'utf8')).toBe(kept.join(''));
  // Nothing to drop: not a byte is touched.
  for (const role of ['teacher', 'student', 'baseline'] as const)
    await rewindMetrics(file, role, { epoch: 9, step: 0 });
  expect(readFileSync(file, 'utf8')).toBe(kept.join(''));
  await rewindMetrics(path.join(temporaryFolder(), 'none.jsonl'), 'teacher', { epoch: 0, step: 0 });
});

test('a rewind of a long journal reads its end only', async () => {
  const file = metricsFile();
  const epochs = 200;
  const blocks = Array.from({ length: epochs }, (_, epoch) =>
    Array.from({ length: 100 }, (_, step) => lineOf(stepEvent('student', epoch + 1, step + 1))).join(''),
  );
  const text = lineOf(epochEvent('teacher', 1)) + blocks.join('');
  writeFileSync(file, text);
  await countReads(await open(file), async ({ handle, bytes }) => {
    const cut = await cutOf(handle, text.length, 'student', { epoch: epochs - 2, step: 50 });
    const kept =
      lineOf(epochEvent('teacher', 1)) +
      blocks.slice(0, -2).join('') +
      blocks.at(-2)!.slice(0, blocks.at(-2)!.length / 2);
    expect(cut?.isMixed).toBe(false);
    // Lines differ in length by a digit or two.
    expect(text.slice(0, cut!.from).split('\n')).toHaveLength(kept.split('\n').length);
    expect(bytes()).toBeLessThanOrEqual(2 * PIECE_BYTES);
    expect(text.length).toBeGreaterThan(5 * PIECE_BYTES);
  });
});
