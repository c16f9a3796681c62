import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readingSchema } from '../../../electron/contract/recipe/reading.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

const names = ['s0', 'y0', 's1', 'y1', 's2', 'y2', 's3', 'y3'];
const signs = Object.fromEntries(names.map((name, at) => [`img/${name}.ppm`, ppm(at)]));
const labelOf = (name: string) => (name.startsWith('s') ? 'stop' : 'yield');
const expected = Object.fromEntries(names.map((name) => [`img/${name}.ppm`, labelOf(name)]));
const rows = (header: string, row: (name: string, label: string, at: number) => string) =>
  `${header}\n${names.map((name, at) => row(name, labelOf(name), at)).join('\n')}\n`;
const withTable = (table: string, name = 'labels.csv') => folderOf({ ...signs, [name]: table });
const columns = (chosen: { file?: string; label?: string; part?: string }) =>
  readingSchema.parse({ columns: chosen });

const refused = (folder: string, says: RegExp, chosen = {}) =>
  expect(imported(folder, null, columns(chosen))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(says) as string,
    hint: expect.stringMatching(/./) as string,
  });

describe('columns of file and label', () => {
  it.each<[string, string, (name: string, label: string, at: number) => string, string, string | null]>([
    ['by usual names', 'image_id,breed', (n, l) => `${n},${l}`, 'image_id', 'breed'],
    ['by names of Hugging Face', 'file_name,label', (n, l) => `img/${n}.ppm,${l}`, 'file_name', 'label'],
    ['by names of Kaggle', 'id,width,species', (n, l) => `${n},640,${l}`, 'id', 'species'],
    ['by content alone', 'foto,tier', (n, l) => `${n}.ppm,${l}`, 'foto', 'tier'],
    [
      'by content among others',
      ',foto,höhe,tier,notiz',
      (n, l, i) => `${i},${n}.ppm,${i}.5,${l},nr ${i}`,
      'foto',
      'tier',
    ],
    [
      'by content where a name misleads',
      'image,path2,label',
      (n, l, i) => `${i},${n}.ppm,${l}`,
      'path2',
      'label',
    ],
    ['without a header', 's0,stop', (n, l) => `${n},${l}`, '0', '1'],
    ['without a header, label first', 'stop,img/s0.ppm', (n, l) => `${l},img/${n}.ppm`, '1', '0'],
    ['0 and 1 in one column', 'id,is_yield', (n, l) => `${n},${Number(l === 'yield')}`, 'id', 'is_yield'],
    [
      'a column for each class',
      'filename,stop,yield',
      (n, l) => `${n},${Number(l === 'stop')},${Number(l === 'yield')}`,
      'filename',
      null,
    ],
    [
      'a column for each class, as floats, beside others',
      'image,age,stop,yield,none',
      (n, l, i) => `${n},${30 + i},${l === 'stop' ? '1.0' : '0.0'},${l === 'yield' ? '1.0' : '0.0'},0.0`,
      'image',
      null,
    ],
    [
      'letters as classes',
      'id,x,y,z',
      (n, l) => `${n},${Number(l === 'stop')},${Number(l === 'yield')},0`,
      'id',
      null,
    ],
    ['lists of one', 'id,labels', (n, l) => `${n},['${l}']`, 'id', 'labels'],
  ])('are found %s', async (_, header, row, file, label) => {
    const dataset = await imported(withTable(rows(header, row)));
    const found = Object.values(labels(dataset));
    const kinds = dataset.classes;
    expect(kinds).toHaveLength(2);
    expect(found.map((one) => (one === found[0] ? 'stop' : 'yield'))).toEqual(Object.values(expected).sort());
    expect(dataset.report.reading.table?.chosen).toMatchObject({ file, label });
  });

  it('are reported, with what else could be meant', async () => {
    const table = rows('id,foto,label,species', (n, l, i) => `${i},${n}.ppm,${l},${l}x`);
    const { report } = await imported(withTable(table));
    expect(report.reading.table).toEqual({
      file: 'labels.csv',
      columns: ['id', 'foto', 'label', 'species'],
      preview: names
        .slice(0, 5)
        .map((name, at) => [String(at), `${name}.ppm`, labelOf(name), `${labelOf(name)}x`]),
      chosen: { file: 'foto', label: 'label', part: null },
      how: 'Columns: "foto" for the file (by what it holds), "label" for the label (by its name). 8 of 8 rows name an image.',
    });
    expect(report.reading.notes).toEqual([
      'labels.csv: the column "label" is taken for the label; "species" could be meant as well.',
    ]);
  });

  it('are those that the recipe names, also by number', async () => {
    const table = rows('id,label,species', (n, l) => `${n},a${l},${l}`);
    expect(labels(await imported(withTable(table), null, columns({ label: 'species' })))).toEqual(expected);
    expect(labels(await imported(withTable(table), null, columns({ file: 'ID', label: '2' })))).toEqual(
      expected,
    );
    await refused(withTable(table), /has no column "kind"; its columns are "id", "label", "species"/, {
      label: 'kind',
    });
    const two = `label,label\n${names.map((name) => `${name},${labelOf(name)}`).join('\n')}\n`;
    expect(labels(await imported(withTable(two), null, columns({ file: '0', label: '1' })))).toEqual(
      expected,
    );
  });

  it('are refused where several could be meant, or none', async () => {
    await refused(
      withTable(rows('foto,art,ort', (n, l, i) => `${n},${l},${i < 4 ? 'hier' : 'dort'}`)),
      /several columns that may hold the label: "art", "ort"/,
    );
    const numbered = rows('nummer,foto', (n, _, i) => `${i + 1},${n}`);
    await refused(withTable(numbered), /no column for the label/);
    await refused(
      withTable(rows('foto,satz', (n, _, i) => `${n},Satz ${i}\n${n},Satz 1${i}`)),
      /no column for the label/,
    );
    await refused(
      withTable('file,label\nx/a.png,stop\nx/b.png,yield\n'),
      /names no image that is there: its column "file" has cells such as "x\/a\.png", and the images are called like "img\/s0\.ppm"/,
    );
  });
});

describe('labels', () => {
  it('that pandas wrote as floats are whole numbers, and versions are not', async () => {
    const floats = await imported(
      withTable(rows('file,label', (n, l) => `${n},${l === 'stop' ? '14.0' : '2.0'}`)),
    );
    expect(floats.classes).toEqual(['2', '14']);
    const names43 = path.join(folderOf({ 'names.csv': 'ClassId,SignName\n2,Yield\n14,Stop\n' }), 'names.csv');
    const named = await imported(floats.path, names43);
    expect(named.classes).toEqual(['Yield', 'Stop']);
    expect(named.train).toHaveLength(8);
    const versions = await imported(
      withTable(rows('file,label', (n, l) => `${n},${l === 'stop' ? '1.0' : '1.5'}`)),
    );
    expect(versions.classes).toEqual(['1.0', '1.5']);
  });

  it('are one name in whatever form their letters are written', async () => {
    const form = (at: number) => (at < 4 ? 'NFC' : 'NFD');
    const dataset = await imported(
      withTable(
        rows(
          'file,label',
          (n, l, at) => `${n}, ${(l === 'stop' ? 'Fußgänger é' : 'Straße ö').normalize(form(at))} `,
        ),
      ),
    );
    expect(dataset.classes).toEqual(['Fußgänger é', 'Straße ö'].map((name) => name.normalize('NFC')));
  });

  it('may be words of every kind', async () => {
    const words = ['constructor', '__proto__'];
    const dataset = await imported(
      withTable(rows('file,label', (n, l) => `${n},${words[Number(l === 'stop')]!}`)),
    );
    expect(dataset.classes.toSorted()).toEqual(words.toSorted());
    const booleans = await imported(withTable(rows('file,label', (n, l) => `${n},${l === 'stop'}`)));
    expect(booleans.classes).toEqual(['false', 'true']);
    const pie = await imported(
      withTable(
        rows('file,label', (n, _, i) => `${n},${['apple pie', 'apple', 'pie', 'Speed limit 20'][i % 4]!}`),
      ),
    );
    expect(pie.classes).toHaveLength(4);
  });

  it.each<[string, string, (name: string, label: string, at: number) => string]>([
    ['bars', 'file,label', (n, _, i) => `${n},${['cat', 'cat|dog', 'dog', 'bird'][i % 4]!}`],
    ['bars only', 'file,Finding Labels', (n, _, i) => `${n},${['Edema|Mass', 'Mass|Nodule'][i % 2]!}`],
    ['lists', 'file,label', (n, _, i) => `${n},"${['[cat]', '[cat, dog]'][i % 2]!}"`],
    ['commas', 'file,label', (n, _, i) => `${n},"${['cat', 'dog', 'cat, dog'][i % 3]!}"`],
    [
      'blanks',
      'image,labels',
      (n, _, i) => `${n},${['scab', 'rust', 'scab rust', 'rust scab complex', 'complex'][i % 5]!}`,
    ],
    [
      'tags',
      'image,tags',
      (n, _, i) =>
        `${n},${['clear primary', 'haze water', 'clear water', 'haze primary', 'clear haze'][i % 5]!}`,
    ],
    ['several ones', 'image,a,b,c', (n, _, i) => `${n},1,${i % 2},0`],
    ['CelebA', 'image_id,Bald,Smiling,Young', (n, _, i) => `${n},-1,${i % 2 ? 1 : -1},1`],
    ['several rows', 'file,label', (n, l) => `${n},${l}\n${n},other`],
  ])('of several classes are refused by name: %s', async (_, header, row) => {
    await refused(withTable(rows(header, row)), /^The table "labels\.csv" gives images several labels/);
  });

  it('that are boxes of one class are one label', async () => {
    const table = rows(
      'filename,width,height,class,xmin,ymin',
      (n, l) => `${n},9,9,${l},1,2\n${n},9,9,${l},5,6`,
    );
    const dataset = await imported(withTable(table));
    expect(labels(dataset)).toEqual(expected);
    expect(dataset.report.skipped).toEqual([]);
  });

  it('that are measurements are refused by name', async () => {
    const many = Array.from({ length: 120 }, (_, at) => `m${at}`);
    const files = Object.fromEntries(many.map((name) => [`img/${name}.ppm`, ppm(1)]));
    const table = `id,target\n${many.map((name, at) => `${name},${at / 7}`).join('\n')}\n`;
    await refused(
      folderOf({ ...files, 'labels.csv': table }),
      /measurements, no classes, in the column "target"/,
    );
  });
});

describe('a column of parts', () => {
  const parts = ['train', 'Training', 'val', 'valid', 'test', 'TEST', 'train', ''];
  const table = (heading: string, words: readonly string[]) =>
    rows(`file,label,${heading}`, (n, l, at) => `${n},${l},${words[at]!}`);

  it('is known by its name or its words', async () => {
    for (const heading of ['split', 'data set', 'xyz']) {
      const dataset = await imported(withTable(table(heading, parts)));
      const { train, validation, test } = dataset.report;
      expect([train.images, validation.images, test.images]).toEqual([4, 2, 2]);
      expect(dataset.report.reading.table?.chosen.part).toBe(heading);
    }
  });

  it('is refused by name where a word is no part, and left out where the recipe asks for it', async () => {
    for (const word of ['constructor', 'toString', '__proto__', 'fold1']) {
      const folder = withTable(table('split', [...parts.slice(0, 7), word]));
      await refused(folder, new RegExp(`has the column "split", in which "${word}" is no part`));
      const dataset = await imported(folder, null, columns({ part: '' }));
      expect(dataset.report.train.images).toBe(8);
    }
  });

  it('is not taken for one where its words are folds or sources', async () => {
    const dataset = await imported(withTable(table('fold', ['0', '1', '2', '0', '1', '2', '0', '1'])));
    expect(dataset.report.train.images).toBe(8);
    expect(dataset.report.reading.notes).toEqual([
      'labels.csv: the column "fold" ("0", "1", "2") is not taken for parts.',
    ]);
  });

  it('gives way to folders only where there is none', async () => {
    const files = {
      'a/train/0.ppm': ppm(1),
      'a/train/1.ppm': ppm(2),
      'a/test/2.ppm': ppm(3),
      'a/val/3.ppm': ppm(4),
    };
    const list = 'file,label\ntrain/0.ppm,a\ntrain/1.ppm,b\ntest/2.ppm,a\nval/3.ppm,b\n';
    const dataset = await imported(folderOf({ ...files, 'labels.csv': list }));
    expect(labels(dataset, 'test')).toEqual({ 'a/test/2.ppm': 'a' });
    expect(labels(dataset, 'validation')).toEqual({ 'a/val/3.ppm': 'b' });
    expect(dataset.report.reading.parts).toContainEqual({
      folder: 'a/test',
      part: 'test',
      images: 1,
      why: 'by its name',
    });
  });
});

describe('several tables', () => {
  const list = (of: readonly string[]) =>
    `id,label\n${of.map((name) => `${name},${labelOf(name)}`).join('\n')}\n`;

  it('of Kaggle: what has no labels, and the form for answers, are named and not used', async () => {
    const dataset = await imported(
      folderOf({
        ...Object.fromEntries(names.slice(0, 6).map((name, at) => [`train/${name}.ppm`, ppm(at)])),
        'test/s3.ppm': ppm(7),
        'test/y3.ppm': ppm(8),
        'train.csv': list(names.slice(0, 6)),
        'test.csv': 'id\ns3\ny3\n',
        'sample_submission.csv': 'id,label\ns3,stop\ny3,stop\n',
      }),
    );
    expect(dataset.train).toHaveLength(6);
    expect(dataset.test).toEqual([]);
    expect(skips(dataset)).toEqual({
      'sample_submission.csv': 'not-used',
      'test.csv': 'not-used',
      'test/s3.ppm': 'unlabelled',
      'test/y3.ppm': 'unlabelled',
    });
    expect(dataset.report.skipped.find(({ file }) => file === 'test.csv')?.detail).toMatch(
      /no column for the label/,
    );
  });

  it('of parts are read together', async () => {
    const dataset = await imported(
      folderOf({
        ...signs,
        'train_labels.csv': list(names.slice(0, 4)),
        'valid.csv': list(names.slice(4, 6)),
        'testSet.csv': list(names.slice(6)),
      }),
    );
    const { train, validation, test } = dataset.report;
    expect([train.images, validation.images, test.images]).toEqual([4, 2, 2]);
  });

  it('of which one names more images than the others: it is taken, and the choice is reported', async () => {
    const dataset = await imported(
      folderOf({ ...signs, 'all.csv': list(names), 'some.csv': list(names.slice(0, 3)) }),
    );
    expect(dataset.train).toHaveLength(8);
    expect(skips(dataset)).toEqual({ 'some.csv': 'not-used' });
    expect(dataset.report.reading.notes).toEqual([
      'Of several tables of labels "all.csv" was taken, not "some.csv"; to read another one, give its path as the dataset.',
    ]);
  });

  it('that name no image are named, also where class folders are read instead', async () => {
    const dataset = await imported(
      folderOf({
        'stop/1.ppm': ppm(1),
        'yield/2.ppm': ppm(2),
        'labels.csv': 'file,label\n8.png,stop\n9.png,yield\n',
      }),
    );
    expect(dataset.format).toBe('class-folders');
    expect(dataset.report.skipped).toEqual([
      {
        file: 'labels.csv',
        reason: 'not-used',
        detail:
          'a table that names no image that is there: its column "file" has cells such as "8.png", and the images are called like "stop/1.ppm"',
      },
    ]);
  });
});
