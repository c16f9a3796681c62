import { describe, expect, it } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { counts, folderOf, images, imported, labels, partsOf, ppm, skips } from './fixture.ts';

/** Images of two classes in img/: s0..s3 stop, y0..y3 yield. */
const names = ['s0', 'y0', 's1', 'y1', 's2', 'y2', 's3', 'y3'];
const signs = Object.fromEntries(names.map((name, at) => [`img/${name}.ppm`, ppm(at)]));
const labelOf = (name: string) => (name.startsWith('s') ? 'stop' : 'yield');
const expected = Object.fromEntries(names.map((name) => [`img/${name}.ppm`, labelOf(name)]));
const rows = (row: (name: string, label: string) => string, header = 'image,label\n') =>
  header + names.map((name) => `${row(name, labelOf(name))}\n`).join('');

const utf16 = (text: string, order: 'le' | 'be', mark: boolean): Buffer => {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};
const plain = rows((name, label) => `img/${name}.ppm,${label}`);

describe('how a table is written', () => {
  it.each<[string, string | Buffer, string?]>([
    ['UTF-16, little end first, with a mark', utf16(plain, 'le', true)],
    ['UTF-16, big end first, with a mark', utf16(plain, 'be', true)],
    ['UTF-16, little end first, without a mark', utf16(plain, 'le', false)],
    ['UTF-16, big end first, without a mark', utf16(plain, 'be', false)],
    ['UTF-16 with tabs', utf16(plain.replaceAll(',', '\t'), 'le', true)],
    ['UTF-8 with a mark', `\ufeff${plain}`],
    ['a sep= line', `sep=;\r\n${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
    ['a sep= line in quotes', `"sep=|"\n${plain.replaceAll(',', '|')}`],
    ['tabs in a CSV', plain.replaceAll(',', '\t')],
    ['bars', plain.replaceAll(',', '|')],
    ['semicolons, and commas in cells', rows((n, l) => `img/${n}.ppm;${l};a, b, c`, 'image;label;note\n')],
    [
      'commas, and semicolons in some cells',
      rows((n, l) => `img/${n}.ppm,${l},"a;b;c;d"`, 'image,label,note\n'),
    ],
    ['old line ends of the Macintosh', plain.replaceAll('\n', '\r')],
    ['mixed line ends and empty lines', `\n\r\n${plain.replace('\n', '\r\n\n')}\n\n,\n`],
    ['comments above', `# made by a tool\n% 8 rows\n\n${plain}`],
    ['a header that is a comment', plain.replace('image', '# image')],
    ['comments between', plain.replace('img/s1', '# the second pair\nimg/s1')],
    ['quotes everywhere', rows((n, l) => `"img/${n}.ppm" , "${l}"`, '"image","label"\n')],
    ['an inch sign in a cell', rows((n, l) => `img/${n}.ppm,${l},5" wide`, 'image,label,note\n')],
    ['a list with blanks', rows((n, l) => `img/${n}.ppm ${l}`, ''), 'list.txt'],
    ['a list with tabs', rows((n, l) => `img/${n}.ppm\t${l}`, ''), 'list.txt'],
    [
      'JSON lines',
      rows((n, l) => JSON.stringify({ file_name: `img/${n}.ppm`, label: l }), ''),
      'metadata.jsonl',
    ],
    ['TSV', plain.replaceAll(',', '\t'), 'labels.tsv'],
  ])('reads %s', async (_, table, name = 'labels.csv') => {
    const dataset = await imported(folderOf({ ...signs, [name]: table }));
    expect(labels(dataset)).toEqual(expected);
    expect(dataset.format).toBe('csv');
    expect(dataset.report.skipped).toEqual([]);
    expect(dataset.report.reading.table).toMatchObject({ file: name });
  });

  it('reads names in Windows-1252, with a note', async () => {
    const table = Buffer.from('file,label\na.ppm,Fußgänger\nb.ppm,Straße\n', 'latin1');
    const dataset = await imported(folderOf({ 'a.ppm': ppm(1), 'b.ppm': ppm(2), 'labels.csv': table }));
    expect(dataset.classes).toEqual(['Fußgänger', 'Straße']);
    expect(dataset.report.reading.notes).toEqual([
      'labels.csv: its bytes are not UTF-8 and were read as Windows-1252.',
    ]);
  });

  it('reads a list whose paths have blanks', async () => {
    const files = { 'my images/a 1.ppm': ppm(1), 'b.ppm': ppm(2) };
    const dataset = await imported(folderOf({ ...files, 'train.txt': 'my images/a 1.ppm 0\nb.ppm 1\n' }));
    expect(labels(dataset)).toEqual({ 'my images/a 1.ppm': '0', 'b.ppm': '1' });
  });

  it('leaves texts alone that are no lists', async () => {
    const dataset = await imported(
      folderOf({
        'a/1.ppm': ppm(1),
        'b/2.ppm': ppm(2),
        'README.txt': 'A dataset, made by hand.\nSee also the paper, which is long.\n',
        'classes.txt': '0 a\n1 b\n',
        'labels/1.txt': '0 0.5 0.5 0.1 0.1\n',
      }),
    );
    expect(dataset.format).toBe('class-folders');
    expect(skips(dataset)).toEqual({
      'README.txt': 'not-an-image',
      'classes.txt': 'not-an-image',
      'labels/1.txt': 'not-an-image',
    });
  });
});

describe('how a table names its files', () => {
  it.each<[string, (name: string, label: string) => string]>([
    ['without ending', (n, l) => `${n},${l}`],
    ['with another machine’s path', (n, l) => `/home/me/signs/img/${n}.ppm,${l}`],
    ['with a path of Windows', (n, l) => `C:\\Users\\me\\signs\\img\\${n}.ppm,${l}`],
    ['with one folder more', (n, l) => `signs/img/${n}.ppm,${l}`],
    ['without their folder', (n, l) => `${n}.ppm,${l}`],
    ['from the root', (n, l) => `/img/${n}.ppm,${l}`],
    ['from here', (n, l) => `./img/${n}.ppm,${l}`],
    ['in other letter case', (n, l) => `IMG/${n.toUpperCase()}.PPM,${l}`],
    ['in other letter case and without ending', (n, l) => `${n.toUpperCase()},${l}`],
    ['as addresses', (n, l) => `https://example.org/my%20data/img/${n}.ppm,${l}`],
    ['below folders of other names', (n, l) => `pictures/${n}.ppm,${l}`],
    ['with another ending', (n, l) => `img/${n}.tiff,${l}`],
  ])('finds files %s', async (_, row) => {
    expect(labels(await imported(folderOf({ ...signs, 'labels.csv': rows(row) })))).toEqual(expected);
  });

  it('reports where names agree in part only', async () => {
    const row = (name: string, label: string) => `pictures/${name}.ppm,${label}`;
    const dataset = await imported(folderOf({ ...signs, 'labels.csv': rows(row) }));
    expect(dataset.report.reading.notes).toEqual([
      'labels.csv: folders differ, so files are matched by their names alone: "pictures/s0.ppm" for "img/s0.ppm".',
    ]);
  });

  it('finds numbers that a spreadsheet has changed, where only one file fits', async () => {
    const files = { '00001.ppm': ppm(1), '00012.ppm': ppm(2), '7.ppm': ppm(3), 'x/007.ppm': ppm(4) };
    const dataset = await imported(
      folderOf({ ...files, 'labels.csv': 'id,label\n1.0,a\n12.0,b\n07,a\n13.0,b\n' }),
    );
    expect(labels(dataset)).toEqual({ '00001.ppm': 'a', '00012.ppm': 'b' });
    expect(skips(dataset)).toMatchObject({ '07': 'missing', '13.0': 'missing' });
    expect(dataset.report.reading.notes).toEqual([
      'labels.csv: numbers are matched whatever zeros they have: "1.0" for "00001.ppm".',
    ]);
  });

  it('does not guess between two files, and takes the one in the folder of its part', async () => {
    const files = {
      'train/0.ppm': ppm(1),
      'train/1.ppm': ppm(2),
      'test/0.ppm': ppm(3),
      'other/0.ppm': ppm(4),
    };
    const dataset = await imported(folderOf({ ...files, 'train.csv': 'id,label\n0,a\n1,b\n' }));
    expect(labels(dataset)).toEqual({ 'train/0.ppm': 'a', 'train/1.ppm': 'b' });
    const two = { 'img/0.ppm': ppm(1), 'img/0.png': ppm(2), 'labels.csv': 'file,label\n0,a\n0,a\n' };
    await expect(imported(folderOf(two))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message:
        'The table "labels.csv" names "0" in its column "file", for which several files fit: "img/0.png", "img/0.ppm".',
    });
  });
});

describe('a table of validation images beside class folders, as Tiny ImageNet has it', () => {
  const train = ['n1', 'n2'].flatMap((name) =>
    [0, 1, 2].map((at) => `train/${name}/images/${name}_${at}.ppm`),
  );
  const val = [0, 1, 2, 3].map((at) => `val/images/val_${at}.ppm`);
  const test = ['test/images/test_0.ppm'];
  const annotations = (names: readonly string[]) =>
    val.map((_, at) => `val_${at}.ppm\t${names[at % 2]!}\t0\t32\t44\t62\n`).join('');
  const given = (names: readonly string[]) =>
    folderOf({ ...images(...train, ...val, ...test), 'val/val_annotations.txt': annotations(names) });

  it('labels them; the folders label the others', async () => {
    const dataset = await imported(given(['n1', 'n2']));
    expect(counts(dataset)).toEqual({ n1: '3/2/0', n2: '3/2/0' });
    expect(labels(dataset, 'validation')).toEqual(
      Object.fromEntries(val.map((key, at) => [key, ['n1', 'n2'][at % 2]])),
    );
    expect(partsOf(dataset)).toEqual({ test: 'test', train: 'train', 'val/images': 'validation' });
    expect(dataset.report.reading.table?.file).toBe('val/val_annotations.txt');
    expect(skips(dataset)).toEqual({ [test[0]!]: 'unlabelled' });
  });

  it('may be made another part, or none', async () => {
    const folder = given(['n1', 'n2']);
    const read = (part: 'test' | 'ignore') =>
      imported(folder, null, { ...ownReading, parts: [{ folder: 'val', part }] });
    expect(counts(await read('test'))).toEqual({ n1: '3/0/2', n2: '3/0/2' });
    const without = await read('ignore');
    expect(counts(without)).toEqual({ n1: '3/0/0', n2: '3/0/0' });
    expect(skips(without)).toMatchObject(Object.fromEntries(val.map((key) => [key, 'not-used'])));
  });

  it('is not used where its labels are no names of the folders', async () => {
    const dataset = await imported(given(['goldfish', 'bullfrog']));
    expect(counts(dataset)).toEqual({ n1: '3/0/0', n2: '3/0/0' });
    expect(dataset.report.skipped.find(({ file }) => file === 'val/val_annotations.txt')?.detail).toBe(
      'a table whose labels are not the names of the class folders',
    );
    expect(skips(dataset)).toMatchObject({ [val[0]!]: 'unlabelled' });
  });
});
