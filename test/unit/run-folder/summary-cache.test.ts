import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { annotate } from '../../../electron/engine/run-folder/annotation.ts';
import { listRuns } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { SummaryCache } from '../../../electron/engine/run-folder/summary-cache.ts';
import { recipe, start, temporaryFolder } from './support.ts';

async function ended(out: string, count: number): Promise<RunFolder[]> {
  const runs: RunFolder[] = [];
  for (let i = 0; i < count; i++) {
    const run = await RunFolder.create(out, recipe(`Run ${i}`), start(new Date(2026, 0, 1, 0, 0, i)));
    await run.setState('cancelled');
    runs.push(run);
  }
  return runs;
}
const cacheFile = (out: string) => path.join(out, '.summaries.jsonl');
const find = (runs: readonly RunSummary[], { folder }: RunFolder) =>
  runs.find((run) => run.folder === folder)!;

test('a list is the same from what was kept; only what has changed is looked at again', async () => {
  const out = temporaryFolder();
  const runs = await ended(out, 25);
  const first = await listRuns(out);
  expect(existsSync(cacheFile(out))).toBe(true);
  const opened = vi.spyOn(RunFolder, 'open');
  try {
    expect(await listRuns(out)).toEqual(first);
    expect(opened).not.toHaveBeenCalled();

    mkdirSync(runs[3]!.path('exports'));
    writeFileSync(runs[3]!.path('exports', 'a.csv'), 'x'.repeat(1000));
    await annotate(runs[4]!.folder, { name: 'Mine' });
    symlinkSync('/etc', runs[5]!.path('weights'));
    const second = await listRuns(out);
    expect(new Set(opened.mock.calls.map(([folder]) => folder))).toEqual(
      new Set([runs[3]!.folder, runs[4]!.folder, runs[5]!.folder]),
    );
    expect(find(second, runs[3]!).bytes - find(first, runs[3]!).bytes).toBe(1000);
    expect(find(second, runs[4]!).name).toBe('Mine');
    expect(find(second, runs[5]!).error).toMatchObject({ code: 'RUN_CORRUPT' });
    expect(second).toHaveLength(25);
  } finally {
    opened.mockRestore();
  }
});

test('a run at work is looked at each time, and what nobody can read counts as nothing kept', async () => {
  const out = temporaryFolder();
  const [run] = await ended(out, 21);
  const first = await listRuns(out);
  await run!.setState('running');
  run!.append({ type: 'probe', probe: { role: 'teacher', epoch: 0, predictions: [] } });
  const working = find(await listRuns(out), run!);
  expect(working.state).toBe('running');
  run!.append({ type: 'probe', probe: { role: 'teacher', epoch: 1, predictions: [] } });
  expect(find(await listRuns(out), run!).bytes).toBeGreaterThan(working.bytes);
  await run!.setState('cancelled');
  for (const text of ['', '{', '[]\n', '{"name":"a","stamp":"","summary":{}}\n']) {
    writeFileSync(cacheFile(out), text);
    expect((await listRuns(out)).map(({ folder }) => folder)).toEqual(first.map(({ folder }) => folder));
  }
  expect(readFileSync(cacheFile(out), 'utf8')).toContain(`{"name":"${path.basename(run!.folder)}"`);
});

test('a few runs are worth no file', async () => {
  const out = temporaryFolder();
  await ended(out, 2);
  await listRuns(out);
  expect(existsSync(cacheFile(out))).toBe(false);
  await (await SummaryCache.open(path.join(out, 'nowhere'))).save();
});
