import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listFolder } from '../../../electron/server/picker.ts';

let folder: string;
let root: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'distill-picker-')));
  root = path.join(folder, 'data');
  await mkdir(path.join(root, 'signs'), { recursive: true });
  await mkdir(path.join(root, '.hidden'));
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  for (const name of ['10.zip', '9.zip', 'b.csv', '.env']) await writeFile(path.join(root, name), '12345');
  await symlink(folder, path.join(root, 'up'));
  await symlink(path.join(folder, 'nothing'), path.join(root, 'broken'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('lists folders first, then files in the order of their numbers, without hidden ones', async () => {
  const { path: listed, parent, entries, omitted } = await listFolder(root, [root]);
  expect([listed, parent, omitted]).toEqual([root, null, 0]);
  expect(entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
    ['signs', 'folder', null],
    ['up', 'folder', null],
    ['9.zip', 'file', 5],
    ['10.zip', 'file', 5],
    ['b.csv', 'file', 5],
  ]);
  expect(entries[0]!.path).toBe(path.join(root, 'signs'));
});

it('knows the way up as far as the root, and lists the roots that exist', async () => {
  expect((await listFolder(path.join(root, 'signs'), [root])).parent).toBe(root);
  const roots = await listFolder('', [root, path.join(folder, 'nothing'), root]);
  expect(roots.entries).toEqual([{ name: root, path: root, kind: 'folder', bytes: null }]);
});

it.each(['..', 'up', 'up/data/..', 'signs/../..'])('does not list %s', async (name) => {
  await expect(listFolder(`${root}/${name}`, [root])).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
});

it('reports what is missing, and what is no folder', async () => {
  await expect(listFolder(path.join(root, 'nothing'), [root])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(listFolder(path.join(root, 'b.csv'), [root])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
