import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import type { AnsweringHandlers } from '../../../electron/contract/services.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import { createEngine } from '../../../electron/engine/index.ts';
import { membersOf } from '../../../electron/engine/sweep/members.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { breath } from '../../../electron/platform/breath.ts';
import { draftsFolder } from '../../../electron/platform/home.ts';
import { smallRecipe } from '../../support/small-run.ts';
import { context, fill, useHome } from '../run-folder/kept-runs.ts';
import { temporaryFolder } from '../run-folder/support.ts';

useHome();
const { handlers } = createEngine({
  startWorker: () => {
    throw new Error('Nothing here computes.');
  },
});

/** Of each thing that there may be ten thousands of. */
const many = 40;
const numbers = [...Array(many).keys()];
const stored = path.resolve(import.meta.dirname, '../../fixtures/version-1/run');

function runs(out: string): void {
  for (const i of numbers) cpSync(stored, path.join(out, `run-${i}`), { recursive: true });
}
/** A run of many files, and journals of many lines. */
function run(): string {
  const folder = path.join(temporaryFolder(), 'run');
  cpSync(stored, folder, { recursive: true });
  const lines = numbers
    .map((step) => `${JSON.stringify({ type: 'step', role: 'student', step })}\n`)
    .join('');
  for (const name of ['metrics.jsonl', 'probes.jsonl']) writeFileSync(path.join(folder, name), lines);
  for (const i of numbers) fill(path.join(folder, 'mistakes', `${i}.png`), 1);
  return folder;
}
/** Of many members; it is refused when they have been made, since it holds nothing out. */
const sweep = sweepSchema.parse({
  version: 1,
  name: 'many',
  base: smallRecipe({ data: { split: { method: 'all' } } }),
  seeds: numbers,
});
async function sweepFolder(): Promise<string> {
  const start = { dataPath: null, runtime: runtimeSchema.parse({}), atOnce: 1, startedAt: new Date() };
  const made = await SweepFolder.create(temporaryFolder(), sweep, { ...start, members: membersOf(sweep) });
  for (const i of numbers) mkdirSync(path.join(made.runs, `${String(i).padStart(5, '0')}-1-seed-${i}`));
  return made.folder;
}

type Prepare = () => Promise<() => Promise<unknown>> | (() => Promise<unknown>);
/** Such a method looks at one file or folder, or at many things with the same function as another one here. */
const little = null;

/** Calls of every method that the engine's process answers, with many things to look at where there may be many. */
const calls: { [S in keyof AnsweringHandlers]: Record<keyof AnsweringHandlers[S], Prepare | typeof little> } =
  {
    system: {
      unlinkTensorflow: little,
      settings: little,
      saveSettings: little,
      storage: () => {
        for (const i of numbers) fill(path.join(process.env['DISTILL_HOME']!, 'logs', `${i}.txt`), 1);
        return () => handlers.system.storage({}, context);
      },
      clearStorage: little,
      disk: little,
      readable: little,
    },
    dataset: { downloadGtsrb: little, gtsrbState: little },
    recipes: {
      check: little,
      read: little,
      write: little,
      presets: little,
      drafts: () => {
        for (const i of numbers) fill(path.join(draftsFolder(), `${i}.json`), 1);
        return () => handlers.recipes.drafts({}, context);
      },
      saveDraft: little,
      removeDraft: little,
    },
    training: { schedule: little },
    weights: { list: little, fetch: little, add: little },
    runs: {
      start: little,
      resume: little,
      stop: little,
      wait: () => {
        const folder = run();
        return () => handlers.runs.wait({ folder }, context);
      },
      list: () => {
        const out = temporaryFolder();
        runs(out);
        return () => handlers.runs.list({ out }, context);
      },
      active: little,
      details: () => {
        const folder = run();
        return () => handlers.runs.details({ folder }, context);
      },
      metrics: () => {
        const folder = run();
        return () => handlers.runs.metrics({ folder, maxPoints: 2000 }, context);
      },
      probes: () => {
        const folder = run();
        return () => handlers.runs.probes({ folder }, context);
      },
      trash: () => {
        const folder = run();
        return () => handlers.runs.trash({ folder }, context);
      },
      restore: little,
      trashed: () => {
        const out = temporaryFolder();
        runs(path.join(out, '.trash'));
        return () => handlers.runs.trashed({ out }, context);
      },
      annotate: little,
      result: little,
    },
    sweeps: {
      start: () => {
        const input = {
          sweep,
          data: null,
          out: temporaryFolder(),
          runtime: runtimeSchema.parse({}),
          atOnce: 1,
        };
        return () => handlers.sweeps.start({ ...input, queue: null }, context).catch(() => undefined);
      },
      resume: little,
      write: little,
      member: little,
      wait: little,
      status: async () => {
        const folder = await sweepFolder();
        return () => handlers.sweeps.status({ folder }, context);
      },
      list: async () => {
        const out = path.dirname(await sweepFolder());
        return () => handlers.sweeps.list({ out }, context);
      },
      trash: async () => {
        const folder = await sweepFolder();
        return () => handlers.sweeps.trash({ folder }, context);
      },
      work: little,
      stop: little,
    },
  };

const prepared = Object.entries(calls).flatMap(([service, methods]) =>
  Object.entries(methods as Record<string, Prepare | null>).flatMap(([method, prepare]) =>
    prepare ? [[`${service}.${method}`, prepare] as const] : [],
  ),
);

test.each(prepared)(
  '%s looks whether others have waited for long enough, once a thing at least',
  async (_name, prepare) => {
    const call = await prepare();
    const asked = vi.spyOn(breath, 'isDue', 'get');
    await call();
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(many);
    asked.mockRestore();
  },
);
