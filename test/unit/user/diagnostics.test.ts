import { readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CallProgress } from '../../../electron/contract/method.ts';
import { writeDiagnostics } from '../../../electron/engine/user/diagnostics.ts';
import { openZip } from '../../../electron/engine/data/source/zip.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { zipFile } from '../../../electron/platform/zip-file.ts';
import { recipe, start, temporaryFolder } from '../run-folder/support.ts';
import { context, fill, useHome } from '../run-folder/kept-runs.ts';

const home = useHome();

/** Names and contents, as yauzl reads them. */
async function unpacked(file: string): Promise<Record<string, string>> {
  const zip = await openZip(file);
  try {
    const entries = await Promise.all(
      zip.keys.map(async (key) => [key, Buffer.from(await zip.read(key)).toString('utf8')] as const),
    );
    return Object.fromEntries(entries);
  } finally {
    await zip.close();
  }
}

test('a zip of ours is one that others can read', async () => {
  const file = path.join(temporaryFolder(), 'a.zip');
  const contents = { 'a.txt': 'a'.repeat(100_000), 'über/leer.txt': '', 'b.bin': '\u0000\u0001' };
  const files = Object.entries(contents).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  writeFileSync(file, await zipFile(files, new Date(2026, 4, 3, 9, 5, 7)));
  expect(await unpacked(file)).toEqual(contents);
});

test('the bundle describes machine, settings, runs and logs, and has neither weights nor the user’s name', async () => {
  const out = path.join(home.folder, 'runs');
  const run = await RunFolder.create(out, recipe(), { ...start(), dataPath: path.join(homedir(), 'signs') });
  await run.setState('running');
  run.log('warn', `Slow: ${path.join(homedir(), 'signs')}`);
  await run.prepare('weights', 'x');
  writeFileSync(run.weightsFile('student'), 'WEIGHTS');
  await run.setState('cancelled');
  writeFileSync(path.join(await run.prepare('mistakes', 'x'), '..', 'a.png'), 'IMAGE');
  fill(path.join(home.folder, 'logs', 'old', 'main.log'), 700_000);

  const folder = path.join(temporaryFolder(), 'new');
  const { file } = await writeDiagnostics({ folder }, context);
  expect(path.dirname(file)).toBe(folder);
  expect(path.basename(file)).toMatch(/^distill-diagnostics-\d{8}-\d{6}\.zip$/);
  expect(readdirSync(folder)).toHaveLength(1);
  const files = await unpacked(file);
  const name = path.basename(run.folder);
  expect(Object.keys(files).sort()).toEqual(
    [
      'README.txt',
      'doctor.json',
      'settings.json',
      'runs.json',
      'logs/old/main.log',
      ...['run.json', 'recipe.json', 'log.txt'].map((one) => `runs/${name}/${one}`),
    ].sort(),
  );
  expect(JSON.parse(files['runs.json']!)).toMatchObject([{ name: 'Signs at 32 px', state: 'cancelled' }]);
  expect(JSON.parse(files['doctor.json']!)).toMatchObject({ node: process.version });
  expect(files[`runs/${name}/log.txt`]).toContain(`Slow: ${path.join('~', 'signs')}`);
  expect(files['logs/old/main.log']).toHaveLength(512 * 1024);
  const all = Object.values(files).join('\n');
  for (const kept of ['WEIGHTS', 'IMAGE', homedir()]) expect(all).not.toContain(kept);
});

test('damaged runs and settings do not keep it from being written', async () => {
  fill(path.join(home.folder, 'runs', 'bad', 'run.json'), 3);
  fill(path.join(home.folder, 'settings.json'), 3);
  const { file } = await writeDiagnostics({ folder: temporaryFolder() }, context);
  const files = await unpacked(file);
  expect(JSON.parse(files['runs.json']!)).toMatchObject([{ error: { code: 'RUN_CORRUPT' } }]);
});

test('it reports its progress; cancelled at any part it leaves no file', async () => {
  const reported: string[] = [];
  const progress = ({ done, total }: CallProgress) => reported.push(`${done}/${total}`);
  await writeDiagnostics({ folder: temporaryFolder() }, { ...context, progress });
  expect(reported).toEqual(['0/5', '1/5', '2/5', '3/5', '4/5', '5/5']);

  for (const part of [0, 1, 2, 3, 4]) {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const cut = ({ done }: CallProgress) => done === part && controller.abort();
    const { signal } = controller;
    await expect(writeDiagnostics({ folder }, { signal, progress: cut })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(folder)).toEqual([]);
  }
});
