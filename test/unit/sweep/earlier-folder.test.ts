import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import type { RunState } from '../../../electron/contract/run.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { LocalExecutor } from '../../../electron/engine/sweep/local-executor.ts';
import { membersOf } from '../../../electron/engine/sweep/members.ts';
import { statusOf } from '../../../electron/engine/sweep/status.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { Teachers } from '../../../electron/engine/sweep/teachers.ts';
import { recipe, start, temporaryFolder } from '../run-folder/support.ts';

const sweep = sweepSchema.parse({
  version: 1,
  name: 'temperatures',
  base: recipe(),
  axes: [{ name: 'temperature', field: 'distillation.terms[0].temperature', values: [2, 4, 8, 16] }],
});
const members = membersOf(sweep);

const whole = (index: number) => ({ index, pauseAfter: null });

/** A folder as the first version of sweeps left it: ordinary names in `runs`, noted in progress.json. */
async function earlierFolder(states: readonly RunState[]) {
  const folder = path.join(temporaryFolder(), 'temperatures-20261129-120000');
  const runs = path.join(folder, 'runs');
  await mkdir(runs, { recursive: true });
  const names = [];
  for (const [index, state] of states.entries()) {
    const run = await RunFolder.create(runs, members[index]!.recipe, start());
    await run.setState('running');
    if (state === 'completed')
      await run.finish({ role: 'teacher', bestEpoch: 1, trainingSeconds: 1, imagesPerSecond: 1 });
    await run.setState(state);
    names.push(path.basename(run.folder));
  }
  const progress = {
    version: 1,
    startedAt: new Date(2026, 10, 29, 12).toISOString(),
    dataPath: null,
    runtime: runtimeSchema.parse({}),
    isCompleted: false,
    error: null,
    members: [...names, ...new Array<null>(members.length - names.length).fill(null)],
  };
  await writeFile(path.join(folder, 'sweep.json'), JSON.stringify(sweep));
  await writeFile(path.join(folder, 'progress.json'), JSON.stringify(progress));
  return { folder, names };
}

test('a sweep whose progress.json names its members opens, shows them, and goes on in their folders', async () => {
  const { folder, names } = await earlierFolder(['completed', 'interrupted', 'failed']);
  expect(names[1]).toMatch(/^temperatures-temperature-4-seed-1-\d{8}-\d{6}$/);
  const opened = await SweepFolder.open(folder);
  const status = await statusOf(opened, null);
  expect(status.members.map(({ state }) => state)).toEqual(['completed', 'interrupted', 'failed', null]);
  expect(status.members.map((member) => member.folder && path.basename(member.folder))).toEqual([
    ...names,
    null,
  ]);
  expect([0, 1, 2, 3].map((index) => opened.attempts(index))).toEqual([1, 1, 1, 0]);

  const launched: [string, boolean][] = [];
  const active = {
    launch: (run: RunFolder, { resume }: { resume: boolean }) =>
      void launched.push([path.basename(run.folder), resume]),
    ended: async (at: string) => (await RunFolder.open(at)).summary(),
    stop: () => Promise.resolve(),
  };
  const teachers = await Teachers.find(opened, members);
  expect(teachers.of(members[1]!)).toBe(opened.member(0));
  const executor = new LocalExecutor(opened, members, teachers, active);
  await executor.run(whole(1));
  await executor.run(whole(2));
  await executor.run(whole(3));
  expect(launched).toEqual([
    [names[1], true],
    [names[2], true],
    ['00003-1-temperature-16-seed-1', false],
  ]);

  // Where its record is gone, a member is begun anew; the damaged folder stays.
  await rm(path.join(opened.member(1)!, 'run.json'));
  const again = await SweepFolder.open(folder);
  await new LocalExecutor(again, members, teachers, active).run(whole(1));
  expect(launched.at(-1)).toEqual(['00001-2-temperature-4-seed-1', false]);
  expect([again.attempts(1), (await SweepFolder.open(folder)).attempts(1)]).toEqual([2, 2]);
});
