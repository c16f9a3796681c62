import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { recover } from '../../../electron/engine/run-folder/recovery.ts';
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
    terms: [{ method: 'soft-target', temperature: 6, standardise: false, weight: 1.4 }],
  });
  expect(await run.summary()).toMatchObject({ name: 'version 1', state: 'completed' });
  for (const file of ['run.json', 'recipe.json'])
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(readFileSync(path.join(stored, file), 'utf8'));
});

test.each(['running', 'interrupted'])(
  'of a run that was killed in a phase, which its log alone has, the last step shows for how long (%s)',
  async (state) => {
    const folder = path.join(temporaryFolder(), 'run');
    cpSync(stored, folder, { recursive: true });
    const record = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
    // An earlier version set it to interrupted when it listed it, days later.
    const updatedAt = state === 'running' ? '2026-11-30T12:00:00.000Z' : '2026-12-24T12:00:00.000Z';
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...record, state, updatedAt }));
    const log = ['00.000Z info  State: running.', '02.000Z info  Phase: student.'];
    writeFileSync(path.join(folder, 'log.txt'), log.map((line) => `2026-11-30T12:00:${line}\n`).join(''));
    const steps = ['10', '25.500'].map((second) =>
      JSON.stringify({ time: `2026-11-30T12:00:${second.padEnd(6, '.000')}Z`, type: 'step' }),
    );
    // The kill tore the last line.
    writeFileSync(path.join(folder, 'metrics.jsonl'), `${steps.join('\n')}\n{"time":"2026-11`);
    const span = {
      phase: 'student',
      startedAt: '2026-11-30T12:00:02.000Z',
      endedAt: '2026-11-30T12:00:25.500Z',
    };
    const run = await recover(folder);
    expect(run.state).toBe('interrupted');
    expect(await run.phases()).toEqual([span]);
    // Its resume keeps the time.
    await run.setState('queued');
    await run.setState('running');
    await run.enterPhase('student');
    expect((await run.phases())[0]).toEqual(span);
    await run.close();
  },
);
