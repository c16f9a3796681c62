import { expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import type { Executor } from '../../../electron/engine/sweep/executor.ts';
import { membersOf } from '../../../electron/engine/sweep/members.ts';
import { shareOf } from '../../../electron/engine/sweep/share-of.ts';
import { SweepAtWork } from '../../../electron/engine/sweep/sweep-at-work.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { Teachers } from '../../../electron/engine/sweep/teachers.ts';
import { fakeSummary } from '../../contract/fake-engine.ts';
import { recipe, temporaryFolder } from '../run-folder/support.ts';

const runtime = runtimeSchema.parse({});
const base = { ...recipe(), teacher: { source: 'run' as const, path: '/teacher', role: 'teacher' as const } };

interface Ending {
  resolve: (summary: RunSummary) => void;
  reject: (thrown: DistillError) => void;
}

/** A sweep of so many seeds at work on an executor whose members end when the test wants it. */
async function atWork(seeds: number, slots: number) {
  const sweep = sweepSchema.parse({
    version: 1,
    name: 'seeds',
    base,
    seeds: [...Array(seeds).keys()],
  });
  const members = membersOf(sweep);
  const start = { dataPath: null, runtime, atOnce: 1, members, startedAt: new Date() };
  const folder = await SweepFolder.create(temporaryFolder(), sweep, start);
  const ends = new Map<number, Ending>();
  const executor: Executor = {
    slots,
    run({ index }) {
      return new Promise((resolve, reject) => ends.set(index, { resolve, reject }));
    },
    stop: () => Promise.resolve(),
  };
  const teachers = await Teachers.find(folder, members);
  const work = new SweepAtWork({ folder, members, teachers, executor });
  const begun = () => [...ends.keys()];
  return { folder, work, ends, begun };
}

test('members run so many at a time, and the next begins when one has ended', async () => {
  const { folder, work, ends, begun } = await atWork(4, 2);
  await expect.poll(begun).toEqual([0, 1]);
  ends.get(1)!.resolve(fakeSummary({ state: 'failed' }));
  await expect.poll(begun).toEqual([0, 1, 2]);
  expect(work.progress).toEqual({ done: 1, total: 4 });
  ends.get(2)!.resolve(fakeSummary());
  await expect.poll(begun).toEqual([0, 1, 2, 3]);
  for (const index of [0, 3]) ends.get(index)!.resolve(fakeSummary());
  await work.ended;
  expect(folder.progress).toMatchObject({ isCompleted: true, error: null });
});

test('a member that cannot be run ends the sweep once the others at work have ended', async () => {
  const { folder, work, ends, begun } = await atWork(4, 2);
  await expect.poll(begun).toEqual([0, 1]);
  ends.get(0)!.reject(new DistillError('DISK_FULL', 'The disk is full.'));
  ends.get(1)!.resolve(fakeSummary());
  await work.ended;
  expect(begun()).toEqual([0, 1]);
  expect(folder.progress).toMatchObject({ isCompleted: false, error: { code: 'DISK_FULL' } });
});

test('runs at the same time share cores and memory, except where they are given', () => {
  expect(shareOf(runtime, 1, 8)).toEqual(runtime);
  const three = shareOf(runtime, 3, 8);
  expect(three.threads).toBe(2);
  expect(three.memory).toBeGreaterThan(0);
  expect(shareOf(runtime, 4, 2).threads).toBe(1);
  const given = { ...runtime, threads: 5, memory: 100 };
  expect(shareOf(given, 3, 8)).toEqual(given);
});
