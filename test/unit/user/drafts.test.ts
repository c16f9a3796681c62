import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { services } from '../../../electron/contract/services.ts';
import { listDrafts, removeDraft, saveDraft } from '../../../electron/engine/user/drafts.ts';
import { context, useHome } from '../run-folder/kept-runs.ts';

const home = useHome();
const list = () => listDrafts({}, context);
const save = (draft: Partial<Parameters<typeof saveDraft>[0]>) =>
  saveDraft({ id: null, basedOn: null, recipe: {}, tries: {}, data: null, step: 'data', ...draft }, context);

test('a draft is kept as it is, valid or not', async () => {
  expect(await list()).toEqual([]);
  const recipe = { name: '', teacher: { source: 'tra' }, data: null };
  const tries = { seed: [1, 2] };
  const saved = await save({ recipe, tries, data: '/signs', step: 'training' });
  expect(saved).toMatchObject({ recipe, tries, data: '/signs', step: 'training' });
  expect(services.recipes.removeDraft.input.safeParse({ id: saved.id }).success).toBe(true);
  expect(await list()).toEqual([saved]);
});

test('saved again it is the same draft; the newest comes first', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(new Date('2026-01-01T10:00:00Z'));
    const first = await save({ step: 'teacher' });
    vi.setSystemTime(new Date('2026-01-01T11:00:00Z'));
    await save({ id: 'second' });
    vi.setSystemTime(new Date('2026-01-01T12:00:00Z'));
    const again = await save({ id: first.id, step: 'student' });
    expect(again.updatedAt).toBe('2026-01-01T12:00:00.000Z');
    expect((await list()).map(({ id, step }) => [id, step])).toEqual([
      [first.id, 'student'],
      ['second', 'data'],
    ]);
    await removeDraft({ id: first.id }, context);
    expect(await removeDraft({ id: first.id }, context)).toBeNull();
    expect((await list()).map(({ id }) => id)).toEqual(['second']);
  } finally {
    vi.useRealTimers();
  }
});

test('what two windows make of one draft is kept twice', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(new Date('2026-01-01T10:00:00Z'));
    const { id, updatedAt } = await save({ recipe: { name: 'first' } });
    vi.setSystemTime(new Date('2026-01-01T11:00:00Z'));
    const here = await save({ id, basedOn: updatedAt, recipe: { name: 'here' } });
    expect(here.id).toBe(id);
    vi.setSystemTime(new Date('2026-01-01T12:00:00Z'));
    const there = await save({ id, basedOn: updatedAt, recipe: { name: 'there' } });
    expect(there.id).not.toBe(id);
    expect((await list()).map((draft) => [draft.id, draft.recipe])).toEqual([
      [there.id, { name: 'there' }],
      [id, { name: 'here' }],
    ]);
    // The one that was removed meanwhile, by a started run say, is no other version.
    await removeDraft({ id }, context);
    expect((await save({ id, basedOn: updatedAt })).id).toBe(id);
  } finally {
    vi.useRealTimers();
  }
});

test('a damaged draft hides no other', async () => {
  await save({ id: 'good' });
  const folder = path.join(home.folder, 'drafts');
  expect(readdirSync(folder)).toEqual(['good.json']);
  writeFileSync(path.join(folder, 'torn.json'), '{"recipe":');
  writeFileSync(path.join(folder, 'other.json'), '{}');
  writeFileSync(path.join(folder, '.good.json.1234.tmp'), '');
  expect((await list()).map(({ id }) => id)).toEqual(['good']);
});

test.each([
  [0, 'data'],
  [3, 'training'],
  [4, 'review'],
  [9, 'data'],
])("a draft of an earlier version, which kept its step's number, opens: %i", async (number, step) => {
  const { id } = await save({ recipe: { name: 'Signs' } });
  const file = path.join(home.folder, 'drafts', `${id}.json`);
  const content = { updatedAt: '2026-01-01T10:00:00.000Z', recipe: { name: 'Signs' }, data: '/signs' };
  writeFileSync(file, JSON.stringify({ ...content, step: number }));
  expect(await list()).toEqual([{ id, tries: {}, ...content, step }]);
});
