import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { emptyListing } from '../../../electron/engine/data/formats/format.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { zipOf } from '../../support/zip.ts';
import { counts, folderOf, images, imported, inFolders, labels, ppm, skips } from './fixture.ts';

const composed = 'caf\u00e9';
const decomposed = 'cafe\u0301';

describe('class names', () => {
  it('are compared in Unicode NFC, and files read by their own names', async () => {
    const keys = inFolders([`train/${composed}`, 'train/bar', `test/${decomposed}`, 'test/bar']);
    const dataset = await imported(folderOf(images(...keys)));
    expect(counts(dataset)).toEqual({ bar: '2/0/2', [composed]: '2/0/2' });
    for (const { key } of dataset.test) expect((await dataset.read(key)).length).toBeGreaterThan(9);
    const table = `file,label\n1.ppm,${decomposed}\n2.ppm,${composed}\n3.ppm,bar\n`;
    const listed = await imported(folderOf({ ...images('1.ppm', '2.ppm', '3.ppm'), 'labels.csv': table }));
    expect(listed.classes).toEqual(['bar', composed]);
  });

  it('are in natural order, whatever their zeros', async () => {
    const names = ['10', '9', '2', '1'];
    const dataset = await imported(folderOf(images(...inFolders(names, 1))));
    expect(dataset.classes).toEqual(['1', '2', '9', '10']);
    const mixed = await imported(
      folderOf(images(...inFolders(['class10', 'class9', 'Class 1', 'zebra'], 1))),
    );
    expect(mixed.classes).toEqual(['Class 1', 'class9', 'class10', 'zebra']);
  });

  it('14.0 is class 14, in a table and where names are given by id', async () => {
    const table = 'file,label\n1.ppm,14.0\n2.ppm,2.0\n3.ppm,14\n';
    const files = { ...images('1.ppm', '2.ppm', '3.ppm'), 'labels.csv': table };
    expect((await imported(folderOf(files))).classes).toEqual(['2', '14']);
    const names = path.join(folderOf({ 'names.csv': 'ClassId,SignName\n14,Stop\n2.0,Fifty\n' }), 'names.csv');
    const named = await imported(folderOf(files), names);
    expect(labels(named)).toEqual({ '1.ppm': 'Stop', '2.ppm': 'Fifty', '3.ppm': 'Stop' });
  });

  it('1.5 and 2.0 are names, not numbers', async () => {
    expect((await imported(folderOf(images(...inFolders(['1.5', '2.0']))))).classes).toEqual(['1.5', '2.0']);
  });

  it("a run's own order counts, its classes found by name", async () => {
    const folder = folderOf(images(...inFolders(['b', 'a', composed, 'new'], 1)));
    const classes = [decomposed, 'b', 'a', 'gone'].map((name, id) => {
      return { id, name, train: 1, tracks: 0, validation: 0, test: 0 };
    });
    const before = { classes, reading: emptyListing().reading };
    const dataset = await openDataset(folder, { classNames: null, reading: ownReading, before });
    await dataset.close();
    expect(dataset.classes).toEqual([decomposed, 'b', 'a', 'gone']);
    expect(labels(dataset)).toEqual({ 'a/0.ppm': 'a', 'b/0.ppm': 'b', [`${composed}/0.ppm`]: decomposed });
    expect(skips(dataset)).toEqual({ 'new/0.ppm': 'unknown-label' });
  });
});

describe('a run of a version that knew no validation part', () => {
  it('finds its data as it was: validation tested, or trained beside a test part', async () => {
    const before = {
      classes: ['a', 'b'].map((name, id) => ({ id, name, train: 0, tracks: 0, validation: 0, test: 0 })),
      reading: emptyListing().reading,
    };
    const parts = ['train/a', 'train/b', 'val/a', 'val/b'];
    const read = async (folders: string[]) => {
      const folder = folderOf(images(...inFolders(folders, 1)));
      const dataset = await openDataset(folder, {
        classNames: null,
        reading: ownReading,
        before: { ...before, foldedValidation: true },
      });
      await dataset.close();
      return counts(dataset);
    };
    expect(await read(parts)).toEqual({ a: '1/0/1', b: '1/0/1' });
    expect(await read([...parts, 'test/a'])).toEqual({ a: '2/0/1', b: '2/0/0' });
  });
});

describe('what systems leave behind', () => {
  it.each([
    'cat/Thumbs.db',
    'cat/.DS_Store',
    'cat/._1.ppm',
    '__MACOSX/cat/1.ppm',
    'cat/desktop.ini',
    '@eaDir/1.ppm/SYNOPHOTO_THUMB_M.png',
    'cat/@eaDir/1.ppm',
    '#recycle/1.ppm',
    '$RECYCLE.BIN/1.ppm',
    '.Trashes/1.ppm',
    'lost+found/1.ppm',
    'System Volume Information/1.ppm',
    '.git/objects/1.ppm',
  ])('%s is passed over, in a folder and in a zip', async (file) => {
    const files = { ...images(...inFolders(['cat', 'dog'])), [file]: ppm(99) };
    const zip = zipOf(Object.entries(files).map(([name, bytes]) => ({ name, bytes })));
    for (const at of [folderOf(files), path.join(folderOf({ 'set.zip': zip }), 'set.zip')]) {
      const dataset = await imported(at);
      expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
      expect(dataset.report.skipped).toEqual([]);
    }
  });
});

describe('what is no file', () => {
  it.skipIf(process.platform === 'win32')('pipes are named and never opened', async () => {
    const folder = folderOf(images(...inFolders(['cat', 'dog'])));
    execFileSync('mkfifo', [path.join(folder, 'cat/9.ppm')]);
    expect(skips(await imported(folder))).toEqual({ 'cat/9.ppm': 'special' });
  });
});
