import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../electron/contract/events.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { smallRecipe, smallRuntime, useSmallRuns } from '../support/small-run.ts';

const runs = useSmallRuns();

/** Far longer than any test waits: each run is ended by its test. */
function longRecipe(parts: Parameters<typeof smallRecipe>[0] = {}): Recipe {
  const { teacher, student } = smallRecipe();
  if (teacher.source !== 'train') throw new Error('The small recipe trains its teacher.');
  const { model } = student;
  const long = { batchSize: 8, stages: [{ epochs: 500, learningRate: 0.003 }] };
  return smallRecipe({
    teacher: { ...teacher, training: long },
    student: { model, training: long },
    ...parts,
  });
}
/** One that has its student at work soon. */
const longStudent = (): Recipe => {
  const { student } = longRecipe();
  return smallRecipe({ student, exports: ['report'] });
};

type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** Starts a run and returns at the first step that is wanted, the run going on. */
async function runningAt(
  wanted: (step: StepEvent) => boolean,
  recipe: Recipe = longRecipe(),
): Promise<string> {
  const { client, data, out } = runs;
  const { folder } = await client.runs.start({ recipe, data, out, runtime: smallRuntime });
  await new Promise<void>((resolve) => {
    const end = client.subscribe(runTopic(folder), (event) => {
      if (event.type !== 'step' || !wanted(event)) return;
      end();
      resolve();
    });
  });
  return folder;
}

interface Line {
  type: string;
  role: string;
  epoch: number;
  best: boolean;
}
const epochsOf = async (folder: string): Promise<Line[]> =>
  (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ type }) => type === 'epoch');

test('a run at work reports its position; paused it can be resumed', async () => {
  const { client } = runs;
  const folder = await runningAt(({ role, epoch, step }) => role === 'teacher' && epoch === 2 && step >= 2);
  const details = await client.runs.details({ folder });
  expect(details).toMatchObject({
    summary: { folder, state: 'running', dataset: runs.data },
    recipe: longRecipe(),
    dataset: { format: 'gtsrb' },
    stopping: null,
    sweep: null,
    position: {
      phase: 'teacher',
      index: 1,
      count: 6,
      phases: ['import', 'teacher', 'student', 'baseline', 'evaluate', 'export'],
      step: { role: 'teacher', epochs: 500 },
    },
  });
  expect(details.log[0]!.message).toMatch(/^State: running/);
  // The first step of the first epoch is written at once or within the second; asking must not have to wait for it.
  const metrics = await client.runs.metrics({ folder });
  expect(metrics.steps[0]!.step[0]).toBe(1);
  expect(metrics.epochs[0]).toMatchObject({ role: 'teacher', epoch: 1, epochs: 500 });
  await expect(client.runs.trash({ folder })).rejects.toMatchObject({ code: 'RUN_STATE' });

  // A second run waits for the first, and can be paused before it began.
  const { folder: waiting } = await client.runs.start({
    recipe: longRecipe(),
    data: runs.data,
    out: runs.out,
  });
  expect((await client.runs.details({ folder: waiting })).position).toBeNull();
  await client.runs.stop({ folder: waiting, mode: 'pause' });
  // For a window that is opened only now.
  expect((await client.runs.details({ folder: waiting })).stopping).toBe('pause');
  await client.runs.stop({ folder, mode: 'pause' });
  const paused = await client.runs.wait({ folder });
  expect(paused).toMatchObject({ state: 'interrupted', error: { code: 'CANCELLED' } });
  expect(paused.error!.message).toMatch(
    /^Paused\. Training of the teacher was stopped in epoch \d+ of 500, after step/,
  );
  expect((await client.runs.wait({ folder: waiting })).state).toBe('interrupted');
  const after = await client.runs.details({ folder });
  expect([after.position, after.stopping]).toEqual([null, null]);
  expect(after.log.map(({ message }) => message)).toContain(paused.error!.message);

  await client.runs.resume({ folder });
  await client.runs.stop({ folder, mode: 'finish' });
  expect(await client.runs.wait({ folder })).toMatchObject({ state: 'completed', error: null });
});

test('asked to finish, the student keeps its best epoch, the baseline is left out and the run is whole', async () => {
  const { client } = runs;
  const folder = await runningAt(
    ({ role, epoch, step }) => role === 'student' && epoch === 2 && step >= 2,
    longStudent(),
  );
  await client.runs.stop({ folder, mode: 'finish' });
  expect(await client.runs.wait({ folder })).toMatchObject({
    state: 'completed',
    error: null,
    accuracy: { baseline: null },
  });
  const epochs = await epochsOf(folder);
  expect(epochs.slice(0, 3).map(({ role, epoch }) => `${role} ${epoch}`)).toEqual([
    'teacher 1',
    'teacher 2',
    'student 1',
  ]);
  expect(epochs.some(({ role }) => role === 'baseline')).toBe(false);
  const { epoch: bestEpoch } = epochs.findLast(({ role, best }) => role === 'student' && best)!;
  const result = await client.runs.result({ folder });
  expect(result.models).toMatchObject({ student: { bestEpoch, test: { n: 24 } }, baseline: null });
  expect(result.comparison.verdict).toBe('no baseline');
  expect(result.cutShort).toEqual([
    expect.stringMatching(/^The training of the student was ended early, after \d+ of 500 epochs/),
    expect.stringContaining('baseline was left out') as string,
  ]);
  const { log } = await client.runs.details({ folder });
  for (const sentence of [/asked to finish/, /student was ended early/])
    expect(log.filter(({ message }) => sentence.test(message))).toHaveLength(1);
  expect(existsSync(path.join(folder, 'weights', 'baseline.safetensors'))).toBe(false);
  expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain(result.cutShort![0]);
  // What is evaluated again is what was evaluated.
  const again = await client.runs.evaluate({ folder });
  expect(again.models.student!.scores.accuracy).toBe(result.models.student.test.accuracy);
});

test('asked to finish in the first epoch, what comes after does one epoch', async () => {
  const { client } = runs;
  const folder = await runningAt(({ role }) => role === 'teacher', longRecipe({ baseline: false }));
  await client.runs.stop({ folder, mode: 'finish' });
  expect((await client.runs.wait({ folder })).state).toBe('completed');
  expect((await epochsOf(folder)).map(({ role, epoch }) => `${role} ${epoch}`)).toEqual(['student 1']);
  const { models, cutShort } = await client.runs.result({ folder });
  expect([models.teacher.bestEpoch, models.student.bestEpoch]).toEqual([1, 1]);
  expect(cutShort).toHaveLength(2);
  expect(cutShort![0]).toContain('The training of the teacher was ended early, after 0 of 500 epochs and');
});

test('asked to finish and cancelled before it could, it is cancelled', async () => {
  const { client } = runs;
  const folder = await runningAt(({ role }) => role === 'teacher');
  await Promise.all([client.runs.stop({ folder, mode: 'finish' }), client.runs.stop({ folder })]);
  expect(await client.runs.wait({ folder })).toMatchObject({
    state: 'cancelled',
    error: { code: 'CANCELLED' },
  });
});
