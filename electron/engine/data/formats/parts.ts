import type { Part } from '../../../contract/parts.ts';

/** How datasets name their parts: train2017, seg_train, dataset-train, TestImages, hold-out. */
const named = new Map<string, Part>([
  ['train', 'train'],
  ['training', 'train'],
  ['trn', 'train'],
  // Both in one, beside a test part.
  ['trainval', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['validate', 'validation'],
  ['dev', 'validation'],
  ['devel', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
  ['tst', 'test'],
  ['eval', 'test'],
  ['evaluation', 'test'],
  ['holdout', 'test'],
]);

/** Words that do not describe what is in a folder. */
const neutral = new Set([
  'set',
  'sets',
  'data',
  'dataset',
  'datasets',
  'split',
  'splits',
  'part',
  'subset',
  'folder',
  'files',
  'final',
  'image',
  'images',
  'img',
  'imgs',
  'pic',
  'pics',
  'picture',
  'pictures',
  'photo',
  'photos',
  'sample',
  'samples',
  'example',
  'examples',
  'classification',
  'jpg',
  'jpgs',
  'jpeg',
  'jpegs',
  'jpegimages',
  'png',
  'pngs',
  'pngimages',
]);

/** Folders that describe the images beside them. */
const descriptions = /^(annotations?|labels?|masks?|trimaps?|ground[\s_-]?truth|gt|bbox(es)?)$/i;

/** Versions in which whole datasets are published side by side. */
const versions =
  /^(colou?r|rgb|gr[ae]y(scale)?|bw|segmented|originals?|orig|augmented|augmentation|raw|cropped|resized|(pre)?processed|cleaned|fold[\s_-]?\d+)$/i;

/** Whether a folder by this name holds masks or the like, no class. */
export const isDescription = (name: string): boolean => descriptions.test(name);

/** Whether a folder's name is that of a version of a dataset: grayscale, augmented, fold1. */
export const isVersion = (name: string): boolean => versions.test(name);

/** What the words of a folder's name mean. */
export interface NameParts {
  /** The part whose word is among them; undefined where there is none, or several. */
  part: Part | undefined;
  /** The words that are neither a part's nor neutral: none in training_set, 'seg' in seg_train. */
  others: string;
}

/** One word written together with a neutral one: trainset, testdata. */
const compound = /^(train|training|val|valid|validation|dev|test|testing|eval)(set|data|images?|imgs?)$/;

export function partsInName(name: string): NameParts {
  const words = wordsOf(name);
  const found = new Set<Part>();
  const others: string[] = [];
  for (const word of words) {
    const part = named.get(compound.exec(word)?.[1] ?? word);
    if (part !== undefined) found.add(part);
    else if (!neutral.has(word)) others.push(word);
  }
  // A training part that is still undivided: train_val.
  if (found.size === 2 && !found.has('test')) found.delete('validation');
  return { part: found.size === 1 ? [...found][0] : undefined, others: others.join(' ') };
}

/** The part that a name means and nothing else; undefined for seg_train, whose other word may mean anything. */
export function partOfName(name: string): Part | undefined {
  const { part, others } = partsInName(name);
  return others === '' ? part : undefined;
}

/** The parts whose words are in a file's name, whatever else is: labels_train, TestImages. */
export const partsInWords = (name: string): ReadonlySet<Part> =>
  new Set(
    name
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .split(/[^\p{L}]+/u)
      .flatMap((word) => partOfName(word) ?? []),
  );

/** The only one; null where there is none, or several. */
export const onlyOf = (found: ReadonlySet<Part>): Part | null => (found.size === 1 ? [...found][0]! : null);

/** Whether a folder's name does not describe its content: images, dataset, photos. */
export function isNeutral(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => neutral.has(word));
}

function wordsOf(name: string): string[] {
  return name
    .normalize('NFKC')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/hold[\s_-]+out/g, 'holdout')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}
