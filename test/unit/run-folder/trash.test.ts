import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runsService } from '../../support/runs-service.ts';
import { folderSize } from '../../../electron/platform/folder-size.ts';
import { listRuns, recover } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { recipe, start, temporaryFolder } from './support.ts';
import { context } from './kept-runs.ts';

async function ended(out: string): Promise<RunFolder> {
  const run = await RunFolder.create(out, recipe(), start());
  await run.setState('cancelled');
  return run;
}
const trash = (folder: string) => runsService.trash({ folder }, context);
const restore = (folder: string) => runsService.restore({ folder }, context);
const trashed = (out: string) => runsService.trashed({ out }, context);

test('a run goes into the trash and comes back as it was', async () => {
  const out = temporaryFolder();
  const run = await ended(out);
  const files = readdirSync(run.folder);
  const bytes = await folderSize(run.folder);
  const gone = await trash(run.folder);
  expect(gone).toMatchObject({
    folder: path.join(out, '.trash', path.basename(run.folder)),
    name: 'Signs at 32 px',
  });
  expect(gone.bytes).toBeGreaterThanOrEqual(bytes);
  expect(existsSync(run.folder)).toBe(false);
  expect(await listRuns(out)).toEqual([]);
  expect(await trashed(out)).toEqual([gone]);
  expect(await restore(gone.folder)).toEqual({ folder: run.folder });
  expect(readdirSync(run.folder)).toEqual(files);
  expect((await recover(run.folder)).state).toBe('cancelled');
  expect(await trashed(out)).toEqual([]);
});

test('nothing is overwritten, on neither way', async () => {
  const out = temporaryFolder();
  const first = await ended(out);
  const { folder: firstTrashed } = await trash(first.folder);
  // The same second, the same name.
  const other = await ended(out);
  expect(other.folder).toBe(first.folder);
  const { folder: otherTrashed } = await trash(other.folder);
  expect(otherTrashed).toBe(`${firstTrashed}-2`);
  const third = await ended(out);
  writeFileSync(third.path('mark'), 'third');
  expect(await restore(otherTrashed)).toEqual({ folder: `${first.folder}-2` });
  expect(await restore(firstTrashed)).toEqual({ folder: `${first.folder}-3` });
  expect(existsSync(third.path('mark'))).toBe(true);
  expect(await listRuns(out)).toHaveLength(3);
});

test('the last trashed comes first', async () => {
  const out = temporaryFolder();
  const runs = [await ended(out), await ended(out)];
  await trash(runs[1]!.folder);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await trash(runs[0]!.folder);
  expect((await trashed(out)).map(({ folder }) => path.basename(folder))).toEqual(
    runs.map(({ folder }) => path.basename(folder)),
  );
});

test('a run at work, or waiting, stays', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await expect(trash(run.folder)).rejects.toMatchObject({ code: 'RUN_STATE' });
  await run.setState('running');
  await expect(trash(run.folder)).rejects.toMatchObject({ code: 'RUN_STATE' });
  expect(readdirSync(run.folder)).not.toContain('trashed.json');
  await run.setState('completed');
  await trash(run.folder);
});

test('a damaged run can be thrown away, and brought back', async () => {
  const out = temporaryFolder();
  const run = await ended(out);
  writeFileSync(run.path('run.json'), '{');
  const gone = await trash(run.folder);
  expect(gone.name).toBe(path.basename(run.folder));
  rmSync(path.join(gone.folder, 'trashed.json'));
  expect(await trashed(out)).toMatchObject([{ folder: gone.folder, name: gone.name }]);
  expect(await restore(gone.folder)).toEqual({ folder: run.folder });
});

test('a note that was tampered with leads nowhere else', async () => {
  const out = temporaryFolder();
  const { folder } = await trash((await ended(out)).folder);
  const note = { trashedAt: new Date().toISOString(), name: '../../escaped' };
  writeFileSync(path.join(folder, 'trashed.json'), JSON.stringify(note));
  expect(await restore(folder)).toEqual({ folder: path.join(out, 'escaped') });
});

test('what is no run, or not in a trash, is refused', async () => {
  const out = temporaryFolder();
  const run = await ended(out);
  await expect(trash(out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(trash(path.join(out, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(restore(run.folder)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(restore(path.join(out, '.trash', 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await trashed(path.join(out, 'none'))).toEqual([]);
});

test.each(['..', '.', '', '../..', '.trash', '.hidden', 'a\\b', 'a\0b'])(
  'a note that names "%s" brings the run back beside the others all the same',
  async (name) => {
    const out = path.join(temporaryFolder(), 'runs');
    const run = await ended(out);
    const { folder } = await trash(run.folder);
    writeFileSync(
      path.join(folder, 'trashed.json'),
      JSON.stringify({ trashedAt: new Date().toISOString(), name }),
    );
    expect(await restore(folder)).toEqual({ folder: run.folder });
    expect(readdirSync(path.dirname(out))).toEqual(['runs']);
  },
);

test('a link in the trash is nothing that could be restored', async () => {
  const out = temporaryFolder();
  await trash((await ended(out)).folder);
  const outside = temporaryFolder();
  const link = path.join(out, '.trash', 'link');
  symlinkSync(outside, link);
  writeFileSync(path.join(outside, 'trashed.json'), '{}');
  await expect(restore(link)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(readdirSync(outside)).toEqual(['trashed.json']);
});
