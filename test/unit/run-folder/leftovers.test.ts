import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isTemporaryName, writeFileAtomic } from '../../../electron/platform/files.ts';
import { listRuns } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { recipe, start, temporaryFolder } from './support.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const age = (file: string, hours: number): void => utimesSync(file, hoursAgo(hours), hoursAgo(hours));

/** A file as a process leaves it that is killed before its rename. */
function beginning(folder: string, hours: number, name = '.weights.safetensors.0123abcd.tmp'): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, 'half');
  age(file, hours);
  return file;
}

test('a beginning of a file is known by its name', async () => {
  const folder = temporaryFolder();
  const names: string[] = [];
  // While it is written, as a kill would leave it.
  await writeFileAtomic(
    path.join(folder, 'a file.json'),
    (async function* () {
      names.push(...readdirSync(folder));
      await Promise.resolve();
      yield Buffer.from('x');
    })(),
  );
  expect(names.map(isTemporaryName)).toEqual([true]);
  for (const name of ['a.tmp', '.a.tmp', 'a.0123abcd.tmp', '.notes.txt', 'run.json'])
    expect(isTemporaryName(name)).toBe(false);
});

test('a resume removes what was begun, at every place in the run', async () => {
  const run = await RunFolder.create(temporaryFolder(), recipe(), start());
  await run.setState('interrupted');
  const left = ['', 'weights', 'checkpoints/teacher', 'exports'].map((part) => beginning(run.path(part), 0));
  const again = await RunFolder.open(run.folder);
  await again.setState('queued');
  expect(left.filter((file) => existsSync(file))).toEqual([]);
  expect(readdirSync(run.folder)).toContain('run.json');
  await again.close();
});

test('a list removes what is old of runs that ended, and leaves alone what may be written just now', async () => {
  const out = temporaryFolder();
  const run = await RunFolder.create(out, recipe(), start());
  await run.setState('running');
  await run.setState('completed');
  const old = beginning(run.path('weights'), 1);
  const fresh = beginning(run.path('exports'), 0);
  const [summary] = await listRuns(out);
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  expect(summary!.state).toBe('completed');
});

test('a folder whose run was never one goes, and nothing else does', async () => {
  const out = temporaryFolder();
  const make = (name: string, files: string[], hours = 1): string => {
    const folder = path.join(out, name);
    mkdirSync(folder, { recursive: true });
    for (const file of files) writeFileSync(path.join(folder, file), '{}');
    age(folder, hours);
    return folder;
  };
  const unborn = [
    make('signs-20260503-090507', []),
    make('signs-20260503-090507-2', ['recipe.json', 'run.lock', '.run.json.0123abcd.tmp']),
  ];
  const kept = [
    make('signs-20260503-090508', ['recipe.json'], 0),
    make('signs-20260503-090509', ['recipe.json', 'mine.txt']),
    make('my photos', []),
    make('cache', []),
  ];
  // A lock beside it counts only while its process lives: this one does not name any.
  age(path.join(unborn[1]!, 'run.lock'), 1);
  age(unborn[1]!, 1);
  expect(await listRuns(out)).toEqual([]);
  expect(unborn.filter((folder) => existsSync(folder))).toEqual([]);
  expect(kept.filter((folder) => existsSync(folder))).toEqual(kept);
});
