import { expect, test } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { RunSummary } from '../../../electron/contract/run-summary.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import type { Executor } from '../../../electron/engine/sweep/executor.ts';
import type { Job } from '../../../electron/engine/sweep/jobs.ts';
import { type Member, membersOf } from '../../../electron/engine/sweep/members.ts';
import { shareOf } from '../../../electron/engine/sweep/share-of.ts';
import { statusOf } from '../../../electron/engine/sweep/status.ts';
import { SweepAtWork } from '../../../electron/engine/sweep/sweep-at-work.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { Teachers } from '../../../electron/engine/sweep/teachers.ts';
import { fakeSummary } from '../../contract/fake-engine.ts';
import { epochEvent, epochScores } from '../../support/run-events.ts';
import { recipe, temporaryFolder } from '../run-folder/support.ts';

const runtime = runtimeSchema.parse({});
const base = { ...recipe(), teacher: { source: 'run' as const, path: '/teacher', role: 'teacher' as const } };

const halving = { factor: 3, minEpochs: 1 };
/** What another process did before. */
type Earlier = (folder: SweepFolder, members: readonly Member[]) => Promise<void>;

interface Ending {
  resolve: (summary: RunSummary) => void;
  reject: (thrown: DistillError) => void;
}

/** A sweep of so many seeds at work on an executor whose members end when the test wants it. */
async function atWork(seeds: number, slots: number, earlier?: Earlier) {
  const sweep = sweepSchema.parse({
    version: 1,
    name: 'seeds',
    base,
    seeds: [...Array(seeds).keys()],
    ...(earlier && { halving }),
  });
  const members = membersOf(sweep);
  const start = { dataPath: null, runtime, atOnce: 1, members, startedAt: new Date() };
  const folder = await SweepFolder.create(temporaryFolder(), sweep, start);
  await earlier?.(folder, members);
  const ends = new Map<number, Ending>();
  const jobs: Job[] = [];
  const executor: Executor = {
    slots,
    run(job) {
      const { index } = job;
      jobs.push(job);
      return new Promise((resolve, reject) => ends.set(index, { resolve, reject }));
    },
    stop: () => Promise.resolve(),
  };
  const teachers = await Teachers.find(folder, members);
  const work = new SweepAtWork({ folder, members, teachers, executor });
  const begun = () => [...ends.keys()];
  return { folder, work, ends, begun, jobs };
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

/** The member's student has trained one epoch, to this accuracy, and its process is gone before it could pause. */
async function endBeforePause(folder: SweepFolder, { recipe }: Member, index: number, accuracy: number) {
  const run = await folder.begin(index, recipe);
  await run.setState('running');
  run.append(epochEvent({ epoch: 1, validation: epochScores({ accuracy }) }));
  await run.close();
}

test('a member whose process ended between its last epoch and its pause is promoted only if it has earned it', async () => {
  const { folder, work, ends, jobs } = await atWork(3, 1, async (folder, members) => {
    await endBeforePause(folder, members[0]!, 0, 0.9);
    await endBeforePause(folder, members[1]!, 1, 0.5);
  });
  await expect.poll(() => jobs).toEqual([{ index: 2, pauseAfter: 1 }]);
  await endBeforePause(folder, work.members[2]!, 2, 0.1);
  ends.get(2)!.resolve(fakeSummary({ state: 'interrupted' }));
  await expect.poll(() => jobs.slice(1)).toEqual([{ index: 0, pauseAfter: 3 }]);
  ends.get(0)!.resolve(fakeSummary());
  await work.ended;
  expect(jobs).toHaveLength(2);
  const { members } = await statusOf(folder, null);
  expect(members[1]).toMatchObject({ state: 'interrupted', stoppedEarly: true });
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
