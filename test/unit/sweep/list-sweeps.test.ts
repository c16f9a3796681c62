import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { sweepSchema } from '../../../electron/contract/sweep/sweep.ts';
import { RunLock } from '../../../electron/engine/run-folder/lock.ts';
import { listTrash, moveOutOfTrash, moveToTrash } from '../../../electron/engine/run-folder/trash-folder.ts';
import { listSweeps, requireSweep } from '../../../electron/engine/sweep/list-sweeps.ts';
import { membersOf } from '../../../electron/engine/sweep/members.ts';
import { SweepFolder } from '../../../electron/engine/sweep/sweep-folder.ts';
import { smallRecipe } from '../../support/small-run.ts';
import { temporaryFolder } from '../run-folder/support.ts';

function create(out: string, name: string, startedAt: string): Promise<SweepFolder> {
  const sweep = sweepSchema.parse({ version: 1, name, base: smallRecipe(), seeds: [1, 2] });
  return SweepFolder.create(out, sweep, {
    dataPath: null,
    runtime: runtimeSchema.parse({}),
    atOnce: 1,
    members: membersOf(sweep),
    startedAt: new Date(startedAt),
  });
}
const trash = (folder: string) => moveToTrash(folder, { noun: 'sweep', require: requireSweep });

test('sweeps are listed newest first, a damaged one with its error, runs and other folders not at all', async () => {
  const out = temporaryFolder();
  const older = await create(out, 'older', '2026-11-30T10:00:00.000Z');
  const newer = await create(out, 'newer', '2026-11-30T12:00:00.000Z');
  const first = await newer.begin(0, membersOf(newer.sweep)[0]!.recipe);
  await first.setState('cancelled');
  mkdirSync(path.join(out, 'notes'));
  const damaged = path.join(out, 'damaged');
  mkdirSync(damaged);
  for (const file of ['sweep.json', 'progress.json']) writeFileSync(path.join(damaged, file), '{');

  const found = await listSweeps(out);
  expect(found.filter(({ error }) => error === null)).toEqual([
    expect.objectContaining({ folder: newer.folder, name: 'newer', state: 'stopped', members: 2, begun: 1 }),
    expect.objectContaining({ folder: older.folder, name: 'older', state: 'stopped', members: 2, begun: 0 }),
  ]);
  expect(found.filter(({ error }) => error !== null)).toEqual([
    expect.objectContaining({ folder: damaged, name: 'damaged', members: 0 }),
  ]);
  expect(await listSweeps(path.join(out, 'nowhere'))).toEqual([]);
});

test('a sweep goes into the trash and comes back; one at work stays', async () => {
  const out = temporaryFolder();
  const sweep = await create(out, 'temperatures', '2026-11-30T10:00:00.000Z');
  const lock = await RunLock.acquire(sweep.folder);
  await expect(trash(sweep.folder)).rejects.toMatchObject({
    code: 'RUN_STATE',
    message: expect.stringMatching(/^The sweep /) as string,
  });
  await lock.release();
  const gone = await trash(sweep.folder);
  expect(gone.name).toBe('temperatures');
  expect(await listSweeps(out)).toEqual([]);
  expect(await listTrash(out)).toEqual([gone]);
  expect(await moveOutOfTrash(gone.folder)).toEqual({ folder: sweep.folder });
  await expect(trash(out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
