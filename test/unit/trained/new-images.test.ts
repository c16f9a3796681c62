import { expect, it, onTestFinished } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { exportedImages } from '../../../electron/engine/trained/exported-images.ts';
import { newImages } from '../../../electron/engine/trained/new-images.ts';
import { folderOf, images, imported, inFolders, ppm } from '../data/fixture.ts';

const model = { architecture: 'cifar_resnet8' } as const;
const recipe = recipeSchema.parse({
  version: 2,
  name: 'any',
  data: { image: { size: 8 } },
  teacher: { source: 'train', model },
  student: { model },
});

/** Images on which a run of a dataset with these files would be evaluated, given one with those. */
async function tried(own: Record<string, Uint8Array | string>, other: string) {
  const { report } = await imported(folderOf(own));
  const found = await newImages({
    recipe,
    before: report,
    path: other,
    workers: 1,
    memory: null,
    signal: new AbortController().signal,
  });
  if (found) onTestFinished(() => found.close());
  return found;
}
const labelsOf = (found: Awaited<ReturnType<typeof tried>>) =>
  Object.fromEntries(
    found!.test.keys.map((key, row) => [key, found!.report.classes[found!.test.labels[row]!]!.name]),
  );

it('finds classes by name, takes all parts, and names what the run does not know', async () => {
  const own = images(...inFolders(['10 apples', '2 pears', 'Stra\u00dfe', 'Zoe\u0308']));
  const other = folderOf(
    images(
      'train/Zo\u00eb/a.ppm',
      'train/horse/h.ppm',
      'test/2 pears/b.ppm',
      'val/2 pears/c.ppm',
      'test/horse/i.ppm',
    ),
  );
  const found = await tried(own, other);
  expect(labelsOf(found)).toEqual({
    'train/Zo\u00eb/a.ppm': 'Zo\u00eb',
    'test/2 pears/b.ppm': '2 pears',
    'val/2 pears/c.ppm': '2 pears',
  });
  expect(found!.isOwn).toBe(false);
  expect(found!.notes).toEqual([
    "New data: 3 images, of all its parts, which show 2 of the run's 4 classes.",
    'The run does not know this class, which is passed over: “horse” (2 images).',
  ]);
});

it("finds a class by its number where the run's classes are numbers", async () => {
  const own = images(...inFolders(['0', '1', '2', '14']));
  const found = await tried(own, folderOf(images('00014/a.ppm', '00002/b.ppm')));
  expect(labelsOf(found)).toEqual({ '00014/a.ppm': '14', '00002/b.ppm': '2' });
});

it("finds GTSRB's classes by number and by name", async () => {
  const own = images(
    'Final_Training/Images/00014/00000_00000.ppm',
    'Final_Training/Images/00001/00000_00000.ppm',
  );
  expect(labelsOf(await tried(own, folderOf(images('00014/a.ppm', '1/b.ppm'))))).toEqual({
    '00014/a.ppm': 'Stop',
    '1/b.ppm': 'Speed limit (30 km/h)',
  });
  expect(labelsOf(await tried(own, folderOf(images('Stop/a.ppm', 'Yield/b.ppm'))))).toEqual({
    'Stop/a.ppm': 'Stop',
    'Yield/b.ppm': 'Yield',
  });
});

it("recognises the run's own data, and refuses data without one of its classes", async () => {
  const own = images(...inFolders(['a', 'b']));
  expect(await tried(own, folderOf(own))).toBeNull();
  await expect(tried(own, folderOf(images(...inFolders(['x', 'y']))))).rejects.toMatchObject({
    code: 'DATASET_EMPTY',
  });
});

it("gives an exported network all images, each its own, where none of the dataset's test part can be used", async () => {
  const network: Parameters<typeof exportedImages>[0] = {
    file: 'any.onnx',
    format: 'onnx',
    bytes: 1,
    runtime: 'any',
    input: { size: 4, resize: 'squish', values: 'unit', channels: 'RGB' },
    classes: ['a', 'b'],
    outputs: 2,
  };
  const files = {
    'train/a/1.ppm': ppm(11),
    'train/b/2.ppm': ppm(12),
    'train/b/3.ppm': ppm(13),
    'test/a/broken.ppm': ppm(14).subarray(0, 9),
  };
  const found = await exportedImages(network, {
    path: folderOf(files),
    classNames: null,
    reading: recipe.data.reading,
    runtime: { workers: 1, memory: null },
    signal: new AbortController().signal,
    onImport: () => undefined,
  });
  onTestFinished(() => found.close());
  expect(found.images.keys.map((key, row) => [key, found.images.pixels(row, row + 1)[0]])).toEqual([
    ['train/a/1.ppm', 11],
    ['train/b/2.ppm', 12],
    ['train/b/3.ppm', 13],
  ]);
});
