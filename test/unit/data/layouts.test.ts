import { describe, expect, it } from 'vitest';
import { ownReading, type ReadingRecipe } from '../../../electron/contract/recipe/reading.ts';
import { counts, folderOf, images, imported, inFolders, partsOf, ppm, skips } from './fixture.ts';

const read = (keys: string[], parts: ReadingRecipe['parts'] = []) =>
  imported(folderOf(images(...keys)), null, { ...ownReading, parts });

const each = { cat: '2/0/2', dog: '2/0/2' };

describe('folders of parts', () => {
  it.each([
    ['train', 'test'],
    ['Training', 'Test'],
    ['TRAIN', 'Testing'],
    ['training_set', 'test_set'],
    ['trainset', 'testset'],
    ['train_images', 'test_images'],
    ['dataset-train', 'dataset-test'],
    ['TrainImages', 'TestImages'],
    ['train2017', 'test2017'],
    ['1. train', '2. eval'],
    ['train', 'evaluation'],
    ['train', 'hold-out'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
    ['seg_train', 'seg_test'],
    ['flowers_train', 'flowers_test'],
    ['train/images', 'test/images'],
    ['archive/data/train', 'archive/data/test'],
    ['images/train', 'images/test'],
    ['train_val', 'test'],
    ['train/cropped', 'test'],
    ['flowers-2 train', 'flowers-2 test'],
  ])('%s and %s', async (train, test) => {
    const dataset = await read(inFolders([train, test].flatMap((part) => [`${part}/cat`, `${part}/dog`])));
    expect(counts(dataset)).toEqual(each);
    expect(Object.values(partsOf(dataset))).toEqual(expect.arrayContaining(['train', 'test']));
  });

  it.each(['val', 'Valid', 'validation', 'dev', 'val_set', 'val2017'])('%s validates', async (name) => {
    const parts = ['train', name, 'test'];
    const dataset = await read(inFolders(parts.flatMap((part) => [`${part}/cat`, `${part}/dog`])));
    expect(counts(dataset)).toEqual({ cat: '2/2/2', dog: '2/2/2' });
    expect(partsOf(dataset)).toEqual({ train: 'train', [name]: 'validation', test: 'test' });
  });

  it('a part that is divided itself', async () => {
    const parts = ['train_val/train', 'train_val/val', 'test'];
    const dataset = await read(inFolders(parts.flatMap((part) => [`${part}/cat`, `${part}/dog`])));
    expect(counts(dataset)).toEqual({ cat: '2/2/2', dog: '2/2/2' });
  });

  it('a folder beside them is passed over and named, never a class', async () => {
    const dataset = await read([
      ...inFolders(['Training/Apple', 'Training/Pear', 'Test/Apple', 'Test/Pear']),
      'test-multiple_fruits/both.ppm',
      'papers/figures/1.ppm',
      'cover.ppm',
    ]);
    expect(counts(dataset)).toEqual({ Apple: '2/0/2', Pear: '2/0/2' });
    expect(partsOf(dataset)).toEqual({
      papers: 'ignore',
      Test: 'test',
      'test-multiple_fruits': 'ignore',
      Training: 'train',
    });
    expect(skips(dataset)).toEqual({
      'test-multiple_fruits/both.ppm': 'not-used',
      'papers/figures/1.ppm': 'not-used',
      'cover.ppm': 'unlabelled',
    });
  });

  it('parts below one folder, and other folders beside that', async () => {
    const dataset = await read([
      ...inFolders(['set/train/cat', 'set/train/dog', 'set/val/cat', 'set/val/dog']),
      ...inFolders(['docs'], 1),
    ]);
    expect(counts(dataset)).toEqual({ cat: '2/2/0', dog: '2/2/0' });
    expect(partsOf(dataset)).toEqual({ docs: 'ignore', 'set/train': 'train', 'set/val': 'validation' });
  });

  it('inside class folders, with a note', async () => {
    const dataset = await read(inFolders(['stop/train', 'stop/test', 'yield/train', 'yield/test']));
    expect(counts(dataset)).toEqual({ stop: '2/0/2', yield: '2/0/2' });
    expect(dataset.report.reading.notes.join()).toMatch(/inside those of the classes/);
    expect(partsOf(dataset)['yield/test']).toBe('test');
  });

  it('the only part, with a note', async () => {
    const train = await read(inFolders(['train/cat', 'train/dog']));
    expect(counts(train)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
    const test = await read(inFolders(['zip/test/cat', 'zip/test/dog']));
    expect(counts(test)).toEqual({ cat: '0/0/2', dog: '0/0/2' });
    expect(test.report.reading.notes.join()).toMatch(/no images to train on/);
  });

  it('a training part beside a folder of pictures', async () => {
    const dataset = await read([...inFolders(['train/cat', 'train/dog'], 3), 'preview/1.ppm']);
    expect(counts(dataset)).toEqual({ cat: '3/0/0', dog: '3/0/0' });
    expect(partsOf(dataset)).toEqual({ train: 'train', preview: 'ignore' });
  });

  it('a test part without labels is named', async () => {
    const dataset = await read([...inFolders(['train/cat', 'train/dog']), 'test/1.ppm', 'test/2.ppm']);
    expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
    expect(dataset.report.reading.notes.join()).toMatch(/"test" holds no class folders.*2 images/);
    expect(skips(dataset)).toEqual({ 'test/1.ppm': 'unlabelled', 'test/2.ppm': 'unlabelled' });
    const named = await read(
      inFolders(['abc_train/abc_train/A', 'abc_train/abc_train/B', 'abc_test/abc_test']),
    );
    expect(counts(named)).toEqual({ A: '2/0/0', B: '2/0/0' });
    expect(partsOf(named)).toEqual({ abc_train: 'train', abc_test: 'test' });
  });

  it('without class folders are no classes', async () => {
    const flat = read(inFolders(['train', 'test']));
    await expect(flat).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringMatching(/"train" holds no class folders/) as string,
    });
    await expect(
      read(inFolders(['images/train', 'masks/train', 'images/val', 'masks/val'])),
    ).rejects.toThrow();
  });

  it('of several datasets side by side are refused by name', async () => {
    const sets = ['a', 'b'].flatMap((set) => ['train', 'test'].map((part) => `${set}/${part}/cat`));
    await expect(read(inFolders(sets))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/"a", "b"/) as string,
    });
  });
});

describe('classes called like parts', () => {
  it.each([
    [['train', 'bus', 'car']],
    [['test tube', 'train', 'bus']],
    [['test tube', 'beaker']],
    [['evaluation', 'invoice', 'letter']],
    [['train station', 'bus station', 'test track']],
  ])('%s', async (names) => {
    const dataset = await read(inFolders(names));
    expect(counts(dataset)).toEqual(Object.fromEntries(names.map((name) => [name, '2/0/0'])));
    expect(dataset.report.reading.parts).toEqual([]);
  });

  it('are marked as a guess, and a person can choose otherwise', async () => {
    const keys = inFolders(['train', 'bus', 'car']);
    const dataset = await read(keys);
    expect(dataset.report.reading.notes.join()).toMatch(/"train" is taken for a class/);
    const parts = inFolders(['train/bus', 'train/car', 'train/val/bus', 'train/val/car']);
    expect(counts(await read(parts, [{ folder: 'train/val', part: 'validation' }]))).toEqual({
      bus: '2/2/0',
      car: '2/2/0',
    });
  });
});

describe('what a recipe states about folders', () => {
  const keys = inFolders(['train/cat', 'train/dog', 'test/cat', 'test/dog', 'extra/cat', 'extra/dog']);

  it('counts above names', async () => {
    const dataset = await read(keys, [
      { folder: 'extra', part: 'validation' },
      { folder: './test/', part: 'ignore' },
    ]);
    expect(counts(dataset)).toEqual({ cat: '2/2/0', dog: '2/2/0' });
    expect(partsOf(dataset)).toEqual({ train: 'train', extra: 'validation', test: 'ignore' });
    expect(skips(dataset)['test/cat/0.ppm']).toBe('not-used');
  });

  it('makes a part of one folder; the class folders beside it train', async () => {
    const dataset = await read(inFolders(['cat', 'dog', 'more/cat', 'more/dog']), [
      { folder: 'more', part: 'test' },
    ]);
    expect(counts(dataset)).toEqual(each);
  });

  it('makes the root the training part, whose folders are classes whatever they are called', async () => {
    const dataset = await read(inFolders(['train', 'test', 'val']), [{ folder: '', part: 'train' }]);
    expect(counts(dataset)).toEqual({ test: '2/0/0', train: '2/0/0', val: '2/0/0' });
  });

  it('divides what would be refused', async () => {
    const sets = ['a', 'b'].flatMap((set) => ['train', 'test'].map((part) => `${set}/${part}/cat`));
    const dataset = await read(inFolders([...sets, 'a/train/dog']), [{ folder: 'b', part: 'ignore' }]);
    expect(counts(dataset)).toEqual({ cat: '2/0/2', dog: '2/0/0' });
  });

  it('holds for tables, too', async () => {
    const table = 'file,label\na/1.ppm,cat\na/2.ppm,dog\nb/1.ppm,cat\nc/1.ppm,dog\n';
    const folder = folderOf({
      ...images('a/1.ppm', 'a/2.ppm', 'b/1.ppm', 'c/1.ppm'),
      'labels.csv': table,
    });
    const parts: ReadingRecipe['parts'] = [
      { folder: 'b', part: 'test' },
      { folder: 'c', part: 'ignore' },
    ];
    const dataset = await imported(folder, null, { ...ownReading, parts });
    expect(counts(dataset)).toEqual({ cat: '1/0/1', dog: '1/0/0' });
    expect(skips(dataset)).toEqual({ 'c/1.ppm': 'not-used' });
    expect(dataset.report.reading.parts).toMatchObject([
      { folder: 'b', part: 'test', images: 1 },
      { folder: 'c', part: 'ignore', images: 1 },
    ]);
  });

  it('is refused by name where there is nothing', async () => {
    await expect(read(keys, [{ folder: 'tset', part: 'test' }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/"tset"/) as string,
    });
  });
});

describe('class folders alone', () => {
  it('below wrapping folders, with loose images beside them', async () => {
    const dataset = await read([
      'readme.ppm',
      'set/cover.ppm',
      ...inFolders(['set/inner/cat', 'set/inner/dog']),
    ]);
    expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
    expect(skips(dataset)).toEqual({ 'readme.ppm': 'unlabelled', 'set/cover.ppm': 'unlabelled' });
  });

  it('in one folder of images beside others', async () => {
    const dataset = await read(inFolders(['images/cat', 'images/dog', 'docs']));
    expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
    expect(partsOf(dataset)).toMatchObject({ docs: 'ignore' });
  });

  it('folders inside count to them, with a note', async () => {
    const dataset = await read(inFolders(['cat/black', 'cat/white', 'dog']));
    expect(counts(dataset)).toEqual({ cat: '4/0/0', dog: '2/0/0' });
    expect(dataset.report.reading.notes.join()).toMatch(/"cat\/black" are of the class "cat"/);
  });

  it('a folder whose name means nothing is no class', async () => {
    for (const keys of [inFolders(['images']), inFolders(['dataset/photos']), ['1.ppm', '2.ppm']])
      await expect(read(keys)).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  });

  it('folders of the same names inside them are noted, and can be made the classes', async () => {
    const keys = inFolders(['2019/cat', '2019/dog', '2020/cat', '2020/dog']);
    const dataset = await read(keys);
    expect(dataset.classes).toEqual(['2019', '2020']);
    expect(dataset.report.reading.notes.join()).toMatch(/"2019" and "2020" .* folders of the same names/);
    const asTraining = ['2019', '2020'].map((folder) => ({ folder, part: 'train' as const }));
    expect(counts(await read(keys, asTraining))).toEqual({ cat: '4/0/0', dog: '4/0/0' });
  });

  it('files read by their content are named, an example of each ending', async () => {
    const dataset = await imported(
      folderOf({ ...images(...inFolders(['cat', 'dog'])), 'cat/photo': ppm(91), 'cat/photo.jpe': ppm(92) }),
    );
    expect(counts(dataset)).toEqual({ cat: '4/0/0', dog: '2/0/0' });
    expect(dataset.report.reading.notes.join()).toMatch(
      /without an ending \("cat\/photo"\).*\.jpe \("cat\/photo\.jpe"\)/,
    );
  });

  it('names of Object.prototype are names', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const dataset = await read(inFolders(names));
    expect(dataset.classes.toSorted()).toEqual(names.toSorted());
    expect(dataset.train).toHaveLength(8);
    const parts = names.map((folder) => ({ folder, part: 'train' as const }));
    await expect(read(inFolders(['a', 'b']), parts)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('classes with a note from the import', () => {
  it('one none of whose images can be read stays, and is named; so is a folder without images', async () => {
    const folder = folderOf({
      ...images(...inFolders(['cat', 'dog'])),
      'speed/0.png': 'no image',
      'bird/notes.xyz': 'text',
    });
    const dataset = await imported(folder);
    expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0', speed: '0/0/0' });
    const notes = dataset.report.reading.notes.join('\n');
    expect(notes).toMatch(/No image of the class "speed" can be used/);
    expect(notes).toMatch(/"bird" beside the class folders holds no image/);
    expect(skips(dataset)).toEqual({ 'speed/0.png': 'unreadable', 'bird/notes.xyz': 'not-an-image' });
  });

  it('those that training lacks, and those that only case tells apart', async () => {
    const dataset = await read(inFolders(['train/cat', 'train/dog', 'test/cat', 'test/Dog']));
    const notes = dataset.report.reading.notes.join('\n');
    expect(notes).toMatch(/training part has no images of the class "Dog"/);
    expect(notes).toMatch(/their names differ only in case/);
  });
});

describe('what is no dataset of whole images is refused by name', () => {
  const described = (name: string, files: Record<string, string>, ...keys: string[]) =>
    [name, { ...images(...keys), ...files }] as const;

  it.each([
    described(
      'YOLO',
      { 'train/labels/1.txt': '0 0.5 0.5 0.2 0.2\n', 'data.yaml': 'nc: 2\n' },
      'train/images/1.ppm',
      'valid/images/2.ppm',
    ),
    described('COCO', { 'annotations/instances_val2017.json': '{}' }, 'train2017/1.ppm', 'val2017/2.ppm'),
    described(
      'Pascal VOC',
      { 'Annotations/1.xml': '<annotation/>', 'ImageSets/Main/cat_train.txt': '1 -1\n2 1\n3 1\n' },
      'JPEGImages/1.ppm',
      'JPEGImages/2.ppm',
      'JPEGImages/3.ppm',
    ),
    described('masks', {}, 'images/1.ppm', 'images/2.ppm', 'masks/1.ppm', 'masks/2.ppm'),
    described('imagelabels\\.mat', { 'imagelabels.mat': 'MATLAB' }, 'jpg/image_1.ppm', 'jpg/image_2.ppm'),
    described(
      '"cat", "dog"',
      {},
      ...['cat.0', 'cat.1', 'dog.0', 'dog.1'].map((name) => `train/${name}.ppm`),
      'test1/1.ppm',
    ),
  ])('%s', async (name, files) => {
    const thrown = imported(folderOf(files));
    await expect(thrown).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringMatching(name) as string,
    });
  });

  it.each([
    ['color', 'grayscale'],
    ['original', 'augmented'],
    ['fold1', 'fold2'],
  ])('%s and %s are versions of one dataset, not classes', async (first, second) => {
    const folders = [first, second].flatMap((folder) => [`all/${folder}/cat`, `all/${folder}/dog`]);
    await expect(read(inFolders(folders))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('versions of one dataset') as string,
    });
    const dataset = await read(inFolders(folders), [
      { folder: `all/${first}`, part: 'train' },
      { folder: `all/${second}`, part: 'ignore' },
    ]);
    expect(counts(dataset)).toEqual({ cat: '2/0/0', dog: '2/0/0' });
  });

  it('boxes in a table, lists of boxes in class folders and lists of parts do not hide the folders', async () => {
    const keys = inFolders(['train/n01/images', 'train/n02/images']);
    const boxes = (folder: string) =>
      [0, 1].map((at) => `${at}.ppm\t${at}\t0\t62\t6${folder.at(-1)!}\n`).join('');
    const dataset = await imported(
      folderOf({
        ...images(...keys),
        'train/n01/n01_boxes.txt': boxes('n01'),
        'train/n02/n02_boxes.txt': boxes('n02'),
        'solution.csv': `ImageId,PredictionString\n${keys.map((key, at) => `${key},n0${at} 1 2 3 ${at + 5}\n`).join('')}`,
        'meta/train.txt': 'n01/images/0\nn01/images/1\nn02/images/0\n',
      }),
    );
    expect(counts(dataset)).toEqual({ n01: '2/0/0', n02: '2/0/0' });
    const details = Object.fromEntries(dataset.report.skipped.map(({ file, detail }) => [file, detail]));
    expect(details['solution.csv']).toMatch(/boxes/);
    expect(details['meta/train.txt']).toMatch(/list of images/);
    expect(details['train/n02/n02_boxes.txt']).toBeDefined();
  });
});
