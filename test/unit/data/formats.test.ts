import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { zipOf } from '../../support/zip.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

const fails = (at: string, code: string, says: RegExp, classNames: string | null = null) =>
  expect(openDataset(at, { classNames, reading: ownReading })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(says) as string,
  });

describe('class folders', () => {
  it('orders classes naturally and takes every image for training', async () => {
    const dataset = await imported(
      folderOf({ 'class 10/a b.ppm': ppm(1), 'class 9/ä.ppm': ppm(2), 'Ängste/日本.PPM': ppm(3) }),
    );
    expect(dataset.format).toBe('class-folders');
    expect(dataset.classes).toEqual(['Ängste', 'class 9', 'class 10']);
    expect(labels(dataset)).toEqual({
      'class 10/a b.ppm': 'class 10',
      'class 9/ä.ppm': 'class 9',
      'Ängste/日本.PPM': 'Ängste',
    });
    expect(dataset.test).toEqual([]);
    expect(Buffer.from(await dataset.read('class 9/ä.ppm'))).toEqual(ppm(2));
    await expect(dataset.read('class 9/other.ppm')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('finds train and test below a wrapping folder, and clutter nowhere', async () => {
    const dataset = await imported(
      folderOf({
        'set/Train/cat/1.ppm': ppm(1),
        'set/Train/dog/deep/2.ppm': ppm(2),
        'set/test/cat/3.ppm': ppm(3),
        'set/Train/loose.ppm': ppm(4),
        'set/Train/dog/.hidden.ppm': ppm(5),
        '__MACOSX/set/Train/cat/._1.ppm': 'junk',
        'set/Train/cat/Thumbs.db': 'junk',
        'set/Train/cat/notes.txt': 'junk',
      }),
    );
    expect(labels(dataset)).toEqual({ 'set/Train/cat/1.ppm': 'cat', 'set/Train/dog/deep/2.ppm': 'dog' });
    expect(labels(dataset, 'test')).toEqual({ 'set/test/cat/3.ppm': 'cat' });
    expect(skips(dataset)).toEqual({
      'set/Train/cat/notes.txt': 'not-an-image',
      'set/Train/dog/.hidden.ppm': 'not-used',
      'set/Train/loose.ppm': 'unlabelled',
    });
  });

  it('keeps a validation part apart, with a test part and without', async () => {
    const files = { 'train/a/1.ppm': ppm(1), 'train/b/1.ppm': ppm(2), 'val/a/1.ppm': ppm(3) };
    for (const test of [{}, { 'test/b/1.ppm': ppm(4) }]) {
      const dataset = await imported(folderOf({ ...files, ...test }));
      expect(labels(dataset)).toEqual({ 'train/a/1.ppm': 'a', 'train/b/1.ppm': 'b' });
      expect(labels(dataset, 'validation')).toEqual({ 'val/a/1.ppm': 'a' });
      expect(Object.keys(labels(dataset, 'test'))).toEqual(Object.keys(test));
      expect(dataset.report.classes.map(({ validation }) => validation)).toEqual([1, 0]);
    }
  });

  it('knows a class called "train" from a training part', async () => {
    const dataset = await imported(
      folderOf({ 'train/1.ppm': ppm(1), 'car/1.ppm': ppm(2), 'bus/1.ppm': ppm(3) }),
    );
    expect(dataset.classes).toEqual(['bus', 'car', 'train']);
  });

  it("makes tracks of GTSRB's file names only", async () => {
    const files = {
      '00001/00000_00000.ppm': ppm(1),
      '00001/00000_00001.ppm': ppm(2),
      '00002/00000_00000.ppm': ppm(3),
      '00002/x.ppm': ppm(4),
    };
    const dataset = await imported(folderOf(files));
    expect(dataset.train.map(({ track }) => track)).toEqual([
      '00001/00000',
      '00001/00000',
      '00002/00000',
      null,
    ]);
    expect(dataset.report.classes).toEqual([
      { id: 0, name: '00001', train: 2, tracks: 1, validation: 0, test: 0 },
      { id: 1, name: '00002', train: 2, tracks: 1, validation: 0, test: 0 },
    ]);
  });

  it('maps folders to given names, by id or by name, and lists the others', async () => {
    const names = path.join(
      folderOf({ 'names.csv': 'ClassId,SignName\n14,Stop\n2,"Fifty, at most"\n' }),
      'names.csv',
    );
    const dataset = await imported(
      folderOf({ '00014/a.ppm': ppm(1), '2/b.ppm': ppm(2), 'Stop/c.ppm': ppm(3), '15/d.ppm': ppm(4) }),
      names,
    );
    expect(dataset.classes).toEqual(['Fifty, at most', 'Stop']);
    expect(labels(dataset)).toEqual({
      '00014/a.ppm': 'Stop',
      '2/b.ppm': 'Fifty, at most',
      'Stop/c.ppm': 'Stop',
    });
    expect(skips(dataset)).toEqual({ '15/d.ppm': 'unknown-label' });
  });
});

describe('CSV', () => {
  it.each([
    ['commas', 'file,label\nx/a.ppm,10\nx/b.ppm,9\n'],
    ['semicolons', 'Filename;Width;ClassId\r\nx/a.ppm;3;10\r\nx/b.ppm;3;9\r\n'],
    ['tabs and a byte order mark', '\ufeffimage_path\tcategory\nx/a.ppm\t10\nx/b.ppm\t9'],
    ['backslashes and bare names', 'path,class\n"x\\a.ppm",10\nb.ppm,9\n'],
  ])('reads %s', async (_, table) => {
    const dataset = await imported(folderOf({ 'labels.csv': table, 'x/a.ppm': ppm(1), 'x/b.ppm': ppm(2) }));
    expect(dataset.format).toBe('csv');
    expect(dataset.classes).toEqual(['9', '10']);
    expect(labels(dataset)).toEqual({ 'x/a.ppm': '10', 'x/b.ppm': '9' });
  });

  it('reads parts and tracks, and lists what is missing, unnamed, unlabelled or named twice', async () => {
    const rows = [
      'a.ppm,cat,train,1',
      'b.ppm,dog,train,1',
      'c.ppm,cat,test,',
      'gone.ppm,cat,train,2',
      'd.ppm,,train,2',
      'a.ppm,dog,test,3',
      '../up.ppm,cat,train,4',
    ];
    const folder = folderOf({
      'set/labels.csv': `file,label,split,track\n${rows.join('\n')}\n`,
      ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name, at) => [`set/${name}.ppm`, ppm(at)])),
    });
    const dataset = await imported(path.join(folder, 'set', 'labels.csv'));
    expect(dataset.train.map(({ key, track }) => [key, track])).toEqual([
      ['a.ppm', 'cat/1'],
      ['b.ppm', 'dog/1'],
    ]);
    expect(labels(dataset, 'test')).toEqual({ 'c.ppm': 'cat' });
    expect(skips(dataset)).toEqual({
      'gone.ppm': 'missing',
      '../up.ppm': 'missing',
      'd.ppm': 'unlabelled',
      'e.ppm': 'unlabelled',
      'a.ppm': 'duplicate',
    });
  });

  it('takes train.csv and test.csv together and finds composed names of decomposed files', async () => {
    const dataset = await imported(
      folderOf({
        'Train.csv': 'Path,ClassId\nTrain/0/00000_00000_00000.ppm,0\nTrain/0/00000_00000_00001.ppm,0\n',
        'Test.csv': `Path,ClassId\nTest/${'ä.ppm'.normalize('NFC')},1\n`,
        'Meta.csv': 'Path,ClassId\nMeta/0.ppm,0\n',
        'Meta/0.ppm': ppm(9),
        'Train/0/00000_00000_00000.ppm': ppm(1),
        'Train/0/00000_00000_00001.ppm': ppm(2),
        [`Test/${'ä.ppm'.normalize('NFD')}`]: ppm(3),
      }),
    );
    expect(dataset.report.train).toMatchObject({ images: 2, tracks: 1 });
    expect(Object.values(labels(dataset, 'test'))).toEqual(['1']);
    expect(skips(dataset)).toEqual({ 'Meta.csv': 'not-used', 'Meta/0.ppm': 'unlabelled' });
  });

  it('names the table that it cannot use', async () => {
    await fails(
      path.join(folderOf({ 't.csv': 'x,y\n1,2\n' }), 't.csv'),
      'INVALID_INPUT',
      /"t\.csv" has no column for the file; its columns are "x", "y"/,
    );
    await fails(
      path.join(folderOf({ 't.csv': 'file,label\n"a,b\n' }), 't.csv'),
      'INVALID_INPUT',
      /"t\.csv" cannot be read/,
    );
    const two = { 'a.csv': 'file,label\nx.ppm,1\n', 'b.csv': 'file,label\nx.ppm,1\n', 'x.ppm': ppm(1) };
    await fails(folderOf(two), 'INVALID_INPUT', /several tables/);
    await fails(folderOf(two), 'INVALID_INPUT', /no columns ClassId/, path.join(folderOf(two), 'a.csv'));
  });
});

const gtsrbFiles = {
  'GTSRB/Final_Training/Images/00003/GT-00003.csv':
    'Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n00000_00000.ppm;99;99;5;6;24;25;3\r\n00000_00001.ppm;1;1;5;6;24;25;14\r\n00001_00000.ppm;1;1;5;6;24;25;3\r\n00002_00000.ppm;1;1;5;6;24;25;43\r\n',
  'GTSRB/Final_Training/Images/00003/00000_00000.ppm': ppm(1),
  'GTSRB/Final_Training/Images/00003/00000_00001.ppm': ppm(2),
  'GTSRB/Final_Training/Images/00003/00002_00000.ppm': ppm(3),
  'GTSRB/Final_Training/Images/00003/00009_00000.ppm': ppm(4),
  'GTSRB/Final_Test/Images/00007.ppm': ppm(5),
  'GTSRB/Final_Test/Images/GT-final_test.test.csv': 'Filename;Width\r\n00007.ppm;3\r\n',
  'elsewhere/GT-final_test.csv': 'Filename;Width;ClassId\r\n00007.ppm;3;42\r\n',
};

describe('GTSRB', () => {
  it('believes the tables, wherever they lie, and has 43 names', async () => {
    const dataset = await imported(folderOf(gtsrbFiles));
    expect(dataset.format).toBe('gtsrb');
    expect(dataset.classes).toHaveLength(43);
    expect(dataset.train.map(({ label, track }) => [label, track])).toEqual([
      [3, '00003/00000'],
      [14, '00003/00000'],
    ]);
    expect(labels(dataset, 'test')).toEqual({ 'GTSRB/Final_Test/Images/00007.ppm': dataset.classes[42] });
    const folder = 'GTSRB/Final_Training/Images/00003';
    expect(skips(dataset)).toEqual({
      'GTSRB/Final_Test/Images/GT-final_test.test.csv': 'not-used',
      [`${folder}/00001_00000.ppm`]: 'missing',
      [`${folder}/00002_00000.ppm`]: 'unknown-label',
      [`${folder}/00009_00000.ppm`]: 'unlabelled',
    });
  });

  it('reads archives that lie together exactly as their unpacked files', async () => {
    const zipped = (prefix: string) =>
      zipOf(
        Object.entries(gtsrbFiles)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, bytes], at) => ({ name, bytes: Buffer.from(bytes), deflate: at % 2 === 0 })),
      );
    const folder = folderOf({
      'GTSRB_Final_Training_Images.zip': zipped('GTSRB/Final_Training'),
      'GTSRB_Final_Test_Images.zip': zipped('GTSRB/Final_Test'),
      'GTSRB_Final_Test_GT.zip': zipOf([
        { name: 'GT-final_test.csv', bytes: Buffer.from(gtsrbFiles['elsewhere/GT-final_test.csv']) },
      ]),
      'mini/GTSRB_Final_Training_Images.zip': zipped('GTSRB/Final_Training'),
      'other.zip': 'no archive, and nobody asked',
    });
    const [unpacked, packed] = [await imported(folderOf(gtsrbFiles)), await imported(folder)];
    expect(packed.report.fingerprint).toBe(unpacked.report.fingerprint);
    const isArchive = ({ file }: { file: string }) => file.endsWith('.zip');
    expect(packed.report.skipped.filter((one) => !isArchive(one))).toEqual(unpacked.report.skipped);
    expect(packed.report.skipped.filter(isArchive).map(({ file }) => file)).toEqual([
      'mini/GTSRB_Final_Training_Images.zip',
      'other.zip',
    ]);
    const single = await imported(path.join(folder, 'GTSRB_Final_Training_Images.zip'));
    expect([single.format, single.train.length, single.test.length]).toEqual(['gtsrb', 2, 0]);
    await fails(path.join(folder, 'GTSRB_Final_Test_Images.zip'), 'DATASET_EMPTY', /no GT-final_test\.csv/);
  });

  it('does not guess between two copies', async () => {
    const image = { '00000/00000_00000.ppm': ppm(1) };
    const place = (copy: string) =>
      Object.fromEntries(
        Object.entries(image).map(([key, bytes]) => [`${copy}/Final_Training/Images/${key}`, bytes]),
      );
    await fails(
      folderOf({ ...place('a'), ...place('b') }),
      'INVALID_INPUT',
      /several folders: "a\/Final_Training\/Images", "b/,
    );
    expect((await imported(folderOf({ ...place('a'), ...place('deeper/b') }))).train[0]?.key).toMatch(/^a\//);
  });
});

describe('nothing to import', () => {
  it('says what is wrong and what would be accepted', async () => {
    await fails('/no/such/place', 'NOT_FOUND', /\/no\/such\/place/);
    await fails(folderOf(), 'DATASET_EMPTY', /no labelled images/);
    await fails(folderOf({ 'a.ppm': ppm(1) }), 'DATASET_EMPTY', /no labelled images/);
    await fails(
      folderOf({ 'a/a.ppm': 'broken' }),
      'DATASET_EMPTY',
      /1 cannot be read \(the first is "a\/a\.ppm"/,
    );
    await fails(
      path.join(folderOf({ 'a.ppm': ppm(1) }), 'a.ppm'),
      'UNSUPPORTED_FORMAT',
      /not a folder, zip, CSV or Parquet file/,
    );
  });
});

describe('links', () => {
  it('to files inside are those files, to files outside are refused, and in circles not followed', async () => {
    const outside = folderOf({ 'secret.ppm': ppm(9) });
    const folder = folderOf({ 'a/1.ppm': ppm(1), 'b/1.ppm': ppm(2), 'pool.bin': ppm(3) });
    symlinkSync(path.join(outside, 'secret.ppm'), path.join(folder, 'a/2.ppm'));
    symlinkSync('../pool.bin', path.join(folder, 'a/3.ppm'));
    symlinkSync('nowhere', path.join(folder, 'a/4.ppm'));
    symlinkSync('..', path.join(folder, 'b/up'));
    const dataset = await imported(folder);
    expect(Object.keys(labels(dataset))).toEqual(['a/1.ppm', 'a/3.ppm', 'b/1.ppm']);
    expect(skips(dataset)).toEqual({
      'a/2.ppm': 'unreadable',
      'a/4.ppm': 'link',
      'b/up': 'link',
      'pool.bin': 'unlabelled',
    });
    await expect(dataset.read('a/2.ppm')).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    mkdirSync(path.join(outside, 'x'));
    writeFileSync(path.join(outside, 'x/y.ppm'), readFileSync(path.join(folder, 'a/1.ppm')));
    await expect(dataset.read('../x/y.ppm')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('to class folders are followed, named where they lead outside', async () => {
    const outside = folderOf({ 'dogs/1.ppm': ppm(8), 'dogs/2.ppm': ppm(9), 'cats/1.ppm': ppm(7) });
    symlinkSync('../cats', path.join(outside, 'dogs/loop'));
    symlinkSync('../dogs', path.join(outside, 'cats/loop'));
    const folder = folderOf({ 'bird/1.ppm': ppm(1), 'all/2.ppm': ppm(2) });
    symlinkSync(path.join(outside, 'dogs'), path.join(folder, 'dog'));
    symlinkSync(path.join(folder, 'bird'), path.join(folder, 'parrot'));
    symlinkSync('../all/2.ppm', path.join(folder, 'bird/2.ppm'));
    const dataset = await imported(folder);
    expect(labels(dataset)).toMatchObject({
      'bird/1.ppm': 'bird',
      'dog/1.ppm': 'dog',
      'dog/loop/1.ppm': 'dog',
    });
    expect(dataset.report.reading.notes.filter((note) => note.includes('link'))).toEqual([
      `The folder "dog" is a link to "${path.join(outside, 'dogs')}" and is followed.`,
      `The folder "dog/loop" is a link to "${path.join(outside, 'cats')}" and is followed.`,
    ]);
    expect(skips(dataset)).toMatchObject({
      'dog/loop/loop': 'link',
      'parrot/1.ppm': 'duplicate',
      'parrot/2.ppm': 'duplicate',
    });
  });
});
