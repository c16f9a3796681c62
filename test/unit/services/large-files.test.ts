import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Probes } from '../../../electron/contract/probes.ts';
import type { ActiveRuns } from '../../../electron/engine/run/active-runs.ts';
import { runsHandlers } from '../../../electron/engine/services/runs.ts';
import type { Workers } from '../../../electron/engine/work/workers.ts';
import { quiet } from '../data/datasets.ts';
import { folderOf } from '../data/fixture.ts';

const byWorker: Probes = { images: [], probes: [] };

/** The engine's handlers, and what they ask of a worker. */
function handlers() {
  const asked: string[] = [];
  const work = {
    result: () => (asked.push('result'), Promise.resolve(byWorker)),
    probes: () => (asked.push('probes'), Promise.resolve(byWorker)),
  };
  const workers = { inShared: (call: (client: unknown) => unknown) => call({ work }) };
  return { asked, ...runsHandlers({} as unknown as ActiveRuns, workers as unknown as Workers) };
}

it("hands a run's large files to a worker, and reads small ones itself", async () => {
  const { asked, probes, result } = handlers();
  const folder = folderOf({ 'run.json': '{}', 'result.json': '{}' });
  const file = path.join(folder, 'probes.jsonl');
  const images = [{ key: 'a.png', label: 1 }];
  writeFileSync(file, `${JSON.stringify({ images })}\n`);
  expect(await probes({ folder }, quiet())).toEqual({ images, probes: [] });
  await expect(result({ folder }, quiet())).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
  expect(asked).toEqual([]);

  appendFileSync(file, 'x'.repeat(2 ** 18));
  appendFileSync(path.join(folder, 'result.json'), ' '.repeat(2 ** 18));
  expect(await probes({ folder }, quiet())).toBe(byWorker);
  expect(await result({ folder }, quiet())).toBe(byWorker);
  expect(asked).toEqual(['probes', 'result']);
});
