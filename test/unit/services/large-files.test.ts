import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Probes } from '../../../electron/contract/probes.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { ActiveRuns } from '../../../electron/engine/run/active-runs.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { recipesHandlers } from '../../../electron/engine/services/recipes.ts';
import { runsHandlers } from '../../../electron/engine/services/runs.ts';
import type { Workers } from '../../../electron/engine/work/workers.ts';
import { quiet } from '../data/datasets.ts';
import { folderOf } from '../data/fixture.ts';
import { recipe, start, temporaryFolder } from '../run-folder/support.ts';

const byWorker: Probes = { images: [], probes: [] };

/** The engine's handlers, and what they ask of a worker. */
function handlers() {
  const asked: string[] = [];
  const work = {
    result: () => (asked.push('result'), Promise.resolve(byWorker)),
    probes: () => (asked.push('probes'), Promise.resolve(byWorker)),
    dataset: () => (asked.push('dataset'), Promise.resolve(byWorker)),
    recipe: () => (asked.push('recipe'), Promise.resolve(byWorker)),
  };
  const workers = {
    inShared: (call: (client: unknown) => unknown) => call({ work }),
  } as unknown as Workers;
  const runs = runsHandlers(new ActiveRuns(new EventBus(), workers), workers);
  return { asked, ...runs, readRecipe: recipesHandlers(workers).read };
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

it("hands a run's large import report to a worker, and a large file that is to be a recipe", async () => {
  const { asked, details, readRecipe } = handlers();
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('cancelled');
  const { folder } = run;
  const [report, file] = [run.path('dataset.json'), run.path('recipe.json')];
  writeFileSync(report, '{}');
  // Damaged: it must not hide the run.
  expect(await details({ folder }, quiet())).toMatchObject({ dataset: null, summary: { folder } });
  expect(await readRecipe({ file }, quiet())).toEqual({ recipe: recipe(), path: file });
  expect(asked).toEqual([]);

  appendFileSync(report, ' '.repeat(2 ** 18));
  expect(await details({ folder }, quiet())).toMatchObject({ dataset: byWorker, recipe: recipe() });
  appendFileSync(file, ' '.repeat(2 ** 18));
  expect(await readRecipe({ file }, quiet())).toEqual({ recipe: byWorker, path: file });
  expect(asked).toEqual(['dataset', 'recipe']);
});
