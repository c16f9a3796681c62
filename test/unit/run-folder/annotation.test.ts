import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { noAnnotation } from '../../../electron/contract/annotation.ts';
import { services } from '../../../electron/contract/services.ts';
import { runsService } from '../../support/runs-service.ts';
import { readAnnotation } from '../../../electron/engine/run-folder/annotation.ts';
import { listRuns } from '../../../electron/engine/run-folder/recovery.ts';
import { RunFolder } from '../../../electron/engine/run-folder/run-folder.ts';
import { moveToTrash } from '../../../electron/engine/run-folder/trash-folder.ts';
import { recipe, start, temporaryFolder } from './support.ts';
import { context } from './kept-runs.ts';

const change = (folder: string, parts: object) =>
  runsService.annotate(services.runs.annotate.input.parse({ folder, ...parts }), context);
async function idle(out = temporaryFolder()): Promise<string> {
  const run = await RunFolder.create(out, recipe('first name'), start());
  await run.setState('cancelled');
  return run.folder;
}

test('a name, tags and notes stay with the run, which keeps its folder and its recipe', async () => {
  const out = temporaryFolder();
  const folder = await idle(out);
  const before = readFileSync(path.join(folder, 'recipe.json'), 'utf8');
  await change(folder, { name: ' Für Anna: T = 20 ', tags: ['paper', 'Paper', ' good '] });
  expect(await change(folder, { notes: 'two\nlines' })).toEqual({
    name: 'Für Anna: T = 20',
    tags: ['paper', 'good'],
    notes: 'two\nlines',
  });
  expect((await listRuns(out))[0]).toMatchObject({
    folder,
    name: 'Für Anna: T = 20',
    recipeName: 'first name',
    annotation: { tags: ['paper', 'good'], notes: 'two\nlines' },
  });
  expect(readFileSync(path.join(folder, 'recipe.json'), 'utf8')).toBe(before);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect((await moveToTrash(folder)).name).toBe('Für Anna: T = 20');
});

test('no name is the name of the recipe', async () => {
  const out = temporaryFolder();
  const folder = await idle(out);
  await change(folder, { name: 'other' });
  await change(folder, { name: null });
  expect((await listRuns(out))[0]!.name).toBe('first name');
});

test('changes at the same time are all kept', async () => {
  const folder = await idle();
  await Promise.all([
    change(folder, { name: 'n' }),
    change(folder, { tags: ['t'] }),
    change(folder, { notes: 'x' }),
  ]);
  expect(await readAnnotation(folder)).toEqual({ name: 'n', tags: ['t'], notes: 'x' });
});

test.each([
  ['', noAnnotation],
  ['[1]', noAnnotation],
  ['{"name": 7, "tags": ["a", 3, "b,c", ""], "notes": ["x"]}', { ...noAnnotation, tags: ['a'] }],
  ['{"name": "two\\nlines", "notes": "kept"}', { ...noAnnotation, notes: 'kept' }],
])('what is sound of %j counts', async (text, expected) => {
  const folder = await idle();
  writeFileSync(path.join(folder, 'notes.json'), text);
  expect(await readAnnotation(folder)).toEqual(expected);
});

test.each([
  { name: '' },
  { name: 'a\u0000b' },
  { name: 'x'.repeat(121) },
  { tags: ['a,b'] },
  { tags: [' '] },
])('%j is refused', (parts) => {
  expect(services.runs.annotate.input.safeParse({ folder: '/r', ...parts }).success).toBe(false);
});

test('what is no run gets no notes', async () => {
  await expect(change(temporaryFolder(), { notes: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
