import path from 'node:path';
import { hasImageEnding } from './image.ts';
import { folderOf } from './source/source.ts';

/** What a dataset seems to be that labels no whole images by folders or tables, and what to do with it. */
export interface OtherPurpose {
  /** One clause. */
  what: string;
  hint: string;
}

const wholeImages =
  'This program gives a whole image one class: cut out the objects into a folder for each class, or give a dataset of whole images.';
const detection = (how: string): OtherPurpose => ({
  what: `it looks like a dataset for object detection (${how})`,
  hint: wholeImages,
});

/** null where the names of the files give no hint. */
export function otherPurpose(keys: readonly string[]): OtherPurpose | null {
  const images = keys.filter((key) => hasImageEnding(key));
  const stems = new Set(images.map(stemOf));
  const beside = (ending: string, folder: RegExp) =>
    keys.find((key) => key.endsWith(ending) && folder.test(key) && stems.has(stemOf(key)));
  const coco = keys.find((key) =>
    /(^|\/)([^/]*\.coco|(instances|person_keypoints|captions)_[^/]*)\.json$/i.test(key),
  );
  if (coco !== undefined) return detection(`COCO: "${coco}"`);
  const voc = beside('.xml', /./);
  if (voc !== undefined) return detection(`Pascal VOC: "${voc}"`);
  const yolo = beside('.txt', /(^|\/)labels\//i);
  if (yolo !== undefined) return detection(`YOLO: "${yolo}"`);
  const mask = keys.find((key) => /(^|\/)(masks?|trimaps)\//i.test(key) && stems.has(stemOf(key)));
  const shared = mask !== undefined && images.some((key) => key !== mask && stemOf(key) === stemOf(mask));
  if (shared)
    return {
      what: `it looks like a dataset for segmentation (masks: "${mask}")`,
      hint: 'This program gives a whole image one class: sort the images into a folder for each class, or write a CSV with the columns file and label beside them.',
    };
  return byFileNames(images) ?? byForeignFile(keys);
}

const stemOf = (key: string): string => path.posix.parse(key).name.toLowerCase();

/** Most classes that file names may give, and the fewest images of a class. */
const names = { most: 1000, images: 2, share: 0.9 };

/** cat.0.jpg, dog.0.jpg: what stands before the number. Nothing is read from it, since it may as well be a camera's name. */
function byFileNames(images: readonly string[]): OtherPurpose | null {
  const counts = new Map<string, number>();
  for (const key of images) {
    const prefix = /^(.*?\p{L})[\s._(-]*\d+\)?$/u.exec(path.posix.parse(key).name)?.[1];
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const classes = [...counts].filter(([, count]) => count >= names.images);
  const named = classes.reduce((sum, [, count]) => sum + count, 0);
  const folders = new Set(images.map(folderOf));
  const areNamed = named >= names.share * images.length || (folders.size > 1 && named * 2 >= images.length);
  if (classes.length < 2 || classes.length > names.most || !areNamed) return null;
  const examples = classes.slice(0, 3).map(([name]) => `"${name}"`);
  return {
    what: `the names of the files may contain classes (they begin with ${examples.join(', ')}), but the layout does not`,
    hint: 'Move the images of each class into a folder of its name, or write a CSV with the columns file and label beside them.',
  };
}

/** Labels in files that are not read. */
function byForeignFile(keys: readonly string[]): OtherPurpose | null {
  const file = keys.find((key) => /\.(mat|json|xml|xlsx?|db|npz|npy|pkl)$/i.test(key));
  if (file === undefined) return null;
  return {
    what: `its labels may be in "${file}", and files of this kind are not read`,
    hint: 'Write the labels into a CSV with the columns file and label beside the images (Label Studio and most tools export one), or sort the images into a folder for each class.',
  };
}
