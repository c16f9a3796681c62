import type { SkippedFile } from '../../../contract/dataset.ts';
import { DistillError } from '../../../contract/errors.ts';
import type { Part } from '../../../contract/parts.ts';
import type { ReadingRecipe } from '../../../contract/recipe/reading.ts';
import { folderOf, isList } from '../source/source.ts';
import type { Listing } from './format.ts';

/** The parts that a person assigns to folders, and to lists of images, by their paths in Unicode NFC. */
export type AssignedParts = ReadonlyMap<string, Part | 'ignore'>;

export interface Assignment {
  folder: string;
  part: Part | 'ignore';
}

export const assignedBy = ({ parts }: ReadingRecipe): AssignedParts =>
  new Map(parts.map(({ folder, part }) => [plainFolder(folder), part]));

/** Why a folder is read as it is. */
export const byRecipe = 'set by the recipe';

/** As keys have it: no ./ before it, no / after it. */
const plainFolder = (folder: string): string =>
  folder
    .normalize('NFC')
    .replaceAll('\\', '/')
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/');

/** Gives for a key what a person assigned to the nearest folder around it. */
export function nearestAssigned(assigned: AssignedParts): (key: string) => Assignment | undefined {
  const known = new Map<string, Assignment | undefined>();
  const find = (folder: string): Assignment | undefined => {
    for (let at = folder.normalize('NFC'); ; at = folderOf(at)) {
      const part = assigned.get(at);
      if (part !== undefined) return { folder: at, part };
      if (at === '') return undefined;
    }
  };
  return (key) => {
    const folder = folderOf(key);
    if (!known.has(folder)) known.set(folder, find(folder));
    return known.get(folder);
  };
}

/** Throws INVALID_INPUT where the recipe assigns a part to neither images nor a list of them: it would be ignored silently. */
export function requireAssigned(
  assigned: AssignedParts,
  images: readonly string[],
  keys: readonly string[],
): void {
  const lists = new Set(keys.filter(isList).map((key) => key.normalize('NFC')));
  const folders = new Set(images.map((key) => folderOf(key).normalize('NFC')));
  for (const [folder, part] of assigned) {
    const isThere = () =>
      [...folders].some((one) => folder === '' || one === folder || one.startsWith(`${folder}/`));
    if (part === 'ignore' || lists.has(folder) || isThere()) continue;
    throw new DistillError(
      'INVALID_INPUT',
      `The recipe assigns the folder "${folder}" to the ${part} part (data.reading.parts), but there are no images in it.`,
      "Write the folder's path from the dataset's root, with slashes, or take this entry out.",
    );
  }
}

export const leftOut = (file: string): SkippedFile => ({
  file,
  reason: 'not-used',
  detail: 'its folder is left out by the recipe',
});

/** Makes a listing follow what a person assigned, whatever the format found. */
export function applyAssigned(listing: Listing, assigned: AssignedParts): void {
  if (assigned.size === 0) return;
  const assignmentOf = nearestAssigned(assigned);
  const counts = new Map<string, number>();
  listing.images = listing.images.filter((image) => {
    const assignment = assignmentOf(image.key);
    if (!assignment) return true;
    counts.set(assignment.folder, (counts.get(assignment.folder) ?? 0) + 1);
    if (assignment.part === 'ignore') {
      listing.skipped.push(leftOut(image.key));
      return false;
    }
    image.part = assignment.part;
    return true;
  });
  const known = new Set(listing.reading.parts.map(({ folder }) => folder.normalize('NFC')));
  for (const [folder, part] of assigned) {
    if (known.has(folder)) continue;
    const images = counts.get(folder) ?? 0;
    listing.reading.parts.push({ folder, part, images, why: byRecipe });
  }
}
