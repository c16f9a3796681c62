import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listRuns } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { result as example } from '../cli/example-run.ts';
import { recipe, start, temporaryFolder } from './support.ts';

const result = {
  ...example,
  models: {
    ...example.models,
    student: { ...example.models.student, latencyRange: [3.1, 3.4] as [number, number] },
  },
};

async function completed(out: string): Promise<RunFolder> {
  const run = await RunFolder.create(out, recipe(), { ...start(), dataPath: '/data/signs' });
  await run.setState('running');
  await run.prepare('weights', 'student.safetensors');
  writeFileSync(run.weightsFile('student'), Buffer.alloc(1234));
  mkdirSync(run.path('exports', 'deep'), { recursive: true });
  writeFileSync(run.path('exports', 'deep', 'one'), Buffer.alloc(10_000));
  await run.writeResult(result);
  await run.setState('completed');
  return run;
}

function forgetOutcome(run: RunFolder): void {
  const record = JSON.parse(readFileSync(run.path('run.json'), 'utf8')) as object;
  // As long as before, for its size counts.
  writeFileSync(run.path('run.json'), JSON.stringify({ ...record, outcome: null }).padEnd(size(run)));
}
const size = (run: RunFolder) => statSync(run.path('run.json')).size;

test('a summary has what a list shows', async () => {
  const out = temporaryFolder();
  const run = await completed(out);
  const [summary] = await listRuns(out);
  const { models } = result;
  expect(summary).toMatchObject({
    folder: run.folder,
    state: 'completed',
    accuracy: {
      teacher: models.teacher.test.accuracy,
      student: models.student.test.accuracy,
      baseline: models.baseline?.test.accuracy ?? null,
    },
    architectures: { teacher: 'cifar_resnet14', student: 'cifar_resnet8' },
    student: {
      parameters: models.student.parameters,
      latencyMs: models.student.latencyMs,
      latencyRange: [3.1, 3.4],
    },
    verdict: result.comparison.verdict,
    studentBytes: 1234,
    dataset: '/data/signs',
  });
  // Everything else is text of a few kilobytes.
  expect(summary!.bytes).toBeGreaterThan(11_234);
  expect(Date.parse(summary!.updatedAt)).toBeGreaterThan(Date.parse(summary!.startedAt));
});

test('a run from before its record knew the scores has those of its result', async () => {
  const out = temporaryFolder();
  const run = await completed(out);
  const [summary] = await listRuns(out);
  forgetOutcome(run);
  expect(await listRuns(out)).toEqual([summary]);
});

test('a record from before it knew the spread of the latency has none', async () => {
  const out = temporaryFolder();
  const run = await completed(out);
  const text = readFileSync(run.path('run.json'), 'utf8');
  const record = JSON.parse(text) as { outcome: { student: Record<string, unknown> } };
  delete record.outcome.student['latencyRange'];
  writeFileSync(run.path('run.json'), JSON.stringify(record));
  expect((await listRuns(out))[0]!.student).toMatchObject({ latencyMs: 3.2, latencyRange: null });
});

test.each([['{"models":'], ['{"models":{"student":7}}'], ['']])(
  'a result of %j leaves the scores out and hides nothing else',
  async (text) => {
    const out = temporaryFolder();
    const run = await completed(out);
    forgetOutcome(run);
    writeFileSync(run.path('result.json'), text);
    const [summary] = await listRuns(out);
    expect(summary).toMatchObject({
      state: 'completed',
      error: null,
      accuracy: { teacher: null, student: null, baseline: null },
      studentBytes: 1234,
    });
  },
);

test('a run at work was changed when its curves were', async () => {
  const out = temporaryFolder();
  const run = await RunFolder.create(out, recipe(), start());
  await run.setState('running');
  writeFileSync(run.path('metrics.jsonl'), '');
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(run.path('metrics.jsonl'), later, later);
  expect((await run.summary()).updatedAt).toBe(later.toISOString());
  await run.setState('cancelled');
  expect(Date.parse((await run.summary()).updatedAt)).toBeLessThan(later.getTime());
});

test('a run without its recipe is listed with what is left of it', async () => {
  const out = temporaryFolder();
  const run = await completed(out);
  writeFileSync(run.path('recipe.json'), '{"student": {"model": {"architecture": "resnet18"}}}');
  expect(await listRuns(out)).toMatchObject([
    {
      state: 'failed',
      error: { code: 'RUN_CORRUPT' },
      architectures: { teacher: null, student: 'resnet18' },
      studentBytes: 1234,
    },
  ]);
  rmSync(path.join(run.folder, 'recipe.json'));
  expect(await listRuns(out)).toMatchObject([{ error: { code: 'NOT_FOUND' } }]);
});
