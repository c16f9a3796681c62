import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { temporaryFolder } from './support.ts';

/** run.json and recipe.json of a run by the last version that wrote recipes of version 1. */
const stored = path.resolve(import.meta.dirname, '../../fixtures/version-1/run');

test('a run whose recipe is of version 1 opens with its one method as a term, and its files stay as they are', async () => {
  const folder = path.join(temporaryFolder(), 'run');
  cpSync(stored, folder, { recursive: true });
  const run = await RunFolder.open(folder);
  expect([run.state, run.recipe.version]).toEqual(['completed', 2]);
  // Preset seed-2021 at temperature 6.
  expect(run.recipe.distillation).toEqual({
    labels: { weight: 0.3 },
    terms: [{ method: 'soft-target', temperature: 6, weight: 1.4 }],
  });
  expect(await run.summary()).toMatchObject({ name: 'version 1', state: 'completed' });
  for (const file of ['run.json', 'recipe.json'])
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(readFileSync(path.join(stored, file), 'utf8'));
});
