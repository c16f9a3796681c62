import { truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReadingRecipe } from '../../../electron/contract/recipe/reading.ts';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { counts, folderOf, images, imported, inFolders, partsOf, skips } from './fixture.ts';

const keys = inFolders(['images/cat', 'images/dog'], 4);
/** Lines for the images of these numbers, of both classes. */
const lines = (numbers: readonly number[], line = (name: string, at: number) => `${name}/${at}`): string =>
  ['cat', 'dog'].flatMap((name) => numbers.map((at) => `${line(name, at)}\n`)).join('');
const read = (lists: Record<string, string>, parts: ReadingRecipe['parts'] = []) =>
  imported(folderOf({ ...images(...keys), ...lists }), null, { ...ownReading, parts });

describe('lists of images beside class folders', () => {
  it.each<[string, string, (name: string, at: number) => string]>([
    ['meta/train.txt', 'meta/test.txt', (name, at) => `${name}/${at}`],
    ['TrainImages.txt', 'TestImages.txt', (name, at) => `${name}/${at}.ppm`],
    ['train_list.lst', 'test_list.lst', (name, at) => `/data/me/images/${name}/${at}.ppm`],
    ['images/train.txt', 'images/test.txt', (name, at) => `.\\${name}\\${at}.ppm\r`],
  ])('%s and %s divide them', async (train, test, line) => {
    const dataset = await read({ [train]: lines([0, 1, 2], line), [test]: lines([3], line) });
    expect(counts(dataset)).toEqual({ cat: '3/0/1', dog: '3/0/1' });
    expect(partsOf(dataset)).toEqual({ [train]: 'train', [test]: 'test' });
    expect(skips(dataset)).toEqual({});
  });

  it('of validation and test images alone leave the others for training', async () => {
    const dataset = await read({ 'validation_list.txt': lines([0]), 'testing_list.txt': lines([1]) });
    expect(counts(dataset)).toEqual({ cat: '2/1/1', dog: '2/1/1' });
  });

  it('may name files that are not there, pass over files, and share some: all of it is reported', async () => {
    const dataset = await read({
      'train.txt': lines([0, 1]),
      'test.txt': `${lines([1, 2])}cat/77\n`,
      'val.txt': 'cat\ndog\nbird\n',
    });
    expect(counts(dataset)).toEqual({ cat: '1/0/2', dog: '1/0/2' });
    expect(skips(dataset)).toEqual({
      'cat/77': 'missing',
      'images/cat/3.ppm': 'not-used',
      'images/dog/3.ppm': 'not-used',
      'val.txt': 'not-an-image',
    });
    expect(dataset.report.reading.notes).toContainEqual(
      expect.stringMatching(/^2 images stand in several of the lists test\.txt, train\.txt/),
    );
  });

  it('can be made another part, or none', async () => {
    const lists = { 'train.txt': lines([0, 1]), 'val.txt': lines([2]), 'test.txt': lines([3]) };
    expect(counts(await read(lists))).toEqual({ cat: '2/1/1', dog: '2/1/1' });
    const moved = await read(lists, [{ folder: 'test.txt', part: 'validation' }]);
    expect(counts(moved)).toEqual({ cat: '2/2/0', dog: '2/2/0' });
    const off = (folder: string) => ({ folder, part: 'ignore' as const });
    const none = await read(lists, Object.keys(lists).map(off));
    expect(counts(none)).toEqual({ cat: '4/0/0', dog: '4/0/0' });
    expect(skips(none)).toEqual({ 'test.txt': 'not-used', 'train.txt': 'not-used', 'val.txt': 'not-used' });
    await expect(
      read({ 'notes.txt': 'these\nare\nwords\n' }, [{ folder: 'notes.txt', part: 'test' }]),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('notes.txt') as string,
    });
  });

  it('that cannot be read are named, and the images stay as they are; only where the recipe asks for them it is an error', async () => {
    const folder = folderOf({ ...images(...keys), 'test.txt': '' });
    // Larger than any file that is read, and empty on the disk.
    truncateSync(path.join(folder, 'test.txt'), 257 * 1024 ** 2);
    const dataset = await imported(folder);
    expect(counts(dataset)).toEqual({ cat: '4/0/0', dog: '4/0/0' });
    expect(dataset.report.skipped).toEqual([
      expect.objectContaining({ file: 'test.txt', detail: expect.stringContaining('limit') as string }),
    ]);
    const asked = { ...ownReading, parts: [{ folder: 'test.txt', part: 'test' as const }] };
    await expect(imported(folder, null, asked)).rejects.toMatchObject({
      message: expect.stringContaining('test.txt') as string,
    });
  });

  it('that divide the same images several times are not guessed at', async () => {
    const lists = {
      'train1.txt': lines([0, 1, 2]),
      'test1.txt': lines([3]),
      'train2.txt': lines([1, 2, 3]),
      'test2.txt': lines([0]),
    };
    const dataset = await read(lists);
    expect(counts(dataset)).toEqual({ cat: '4/0/0', dog: '4/0/0' });
    expect(dataset.report.skipped.map(({ detail }) => detail)).toEqual(
      Array(4).fill(expect.stringContaining('data.reading.parts')),
    );
    const chosen = await read(lists, [
      { folder: 'train2.txt', part: 'train' },
      { folder: 'test2.txt', part: 'test' },
    ]);
    expect(counts(chosen)).toEqual({ cat: '3/0/1', dog: '3/0/1' });
    expect(partsOf(chosen)).toEqual({ 'train2.txt': 'train', 'test2.txt': 'test' });
  });

  it('count less than folders of parts, and nothing for a run that began without them', async () => {
    const divided = inFolders(['train', 'test'].flatMap((part) => [`${part}/cat`, `${part}/dog`]));
    const list = { 'test.txt': 'train/cat/0\ntrain/dog/0\n' };
    const dataset = await imported(folderOf({ ...images(...divided), ...list }));
    expect(counts(dataset)).toEqual({ cat: '2/0/2', dog: '2/0/2' });
    expect(skips(dataset)).toEqual({ 'test.txt': 'not-used' });

    const folder = folderOf({ ...images(...keys), 'test.txt': lines([3]) });
    const now = await imported(folder);
    const reading = { ...now.report.reading, parts: [] };
    const before = { classes: now.report.classes, reading };
    const resumed = await openDataset(folder, { classNames: null, reading: ownReading, before });
    await resumed.close();
    expect(counts(resumed)).toEqual({ cat: '4/0/0', dog: '4/0/0' });
  });
});
