import path from 'node:path';
import { type Part, parts } from '../../../contract/parts.ts';
import { DistillError, toErrorValue } from '../../../contract/errors.ts';
import { depth, folderOf, isList } from '../source/source.ts';
import type { ToRead } from '../source/given.ts';
import { type Listing, missing } from './format.ts';
import { onlyOf, partsInWords } from './parts.ts';
import { filesOf } from './tables/files.ts';
import { decodeText } from './tables/text.ts';
import { byRecipe, type AssignedParts, assignedBy } from './assigned.ts';

/** A text with the names of one part's images, one a line: meta/train.txt, TestImages.txt. */
interface PartList {
  key: string;
  part: Part;
  why: string;
  /** Keys of the images. */
  images: Set<string>;
  /** Lines for which there is no image. */
  unknown: string[];
}

/** Lists are looked for among this many files at most. */
const mostLists = 64;

/**
 * Divides the images of class folders by lists beside them: those that `data.reading.parts` names and, where folders give no part,
 * those whose names give one. Images on no list are for training where no list is for training; otherwise they are not used.
 * Throws INVALID_INPUT where a list that the recipe names does not name images.
 */
export async function applyPartLists(listing: Listing, given: ToRead): Promise<void> {
  const assigned = assignedBy(given.reading);
  const wanted = candidates(given, (key) => partAssigned(assigned, key));
  const asked = await readLists(wanted, given, byRecipe, (_, thrown) => {
    throw thrown;
  });
  const unread = wanted.find(({ key }) => !asked.some((list) => list.key === key));
  if (unread) throw namesNone(unread.key);
  const isDivided = listing.images.some(({ part }) => part !== 'train');
  const found = isDivided ? [] : await findLists(assigned, given);
  const lists = [...asked, ...found.filter((list) => !asked.some((other) => overlap(list, other)))];
  if (asked.length > 0 || lists.some(({ part }) => part !== 'train')) divide(listing, lists);
}

/** Those whose names give a part. None where they divide the same images several times, as train1.txt to train10.txt do. */
async function findLists(assigned: AssignedParts, given: ToRead): Promise<PartList[]> {
  const named = candidates(given, (key) =>
    assigned.has(key.normalize('NFC')) ? null : onlyOf(partsInWords(path.posix.parse(key).name)),
  );
  if (named.length > mostLists) return [];
  const lists = await readLists(named, given, 'a list of images, by its name', (key, thrown) =>
    given.refusals.set(key, `cannot be read: ${toErrorValue(thrown).message}`),
  );
  const isAgain = (list: PartList): boolean =>
    lists.some((other) => other !== list && other.part === list.part && overlap(list, other));
  if (!lists.some(isAgain)) return lists;
  const why = 'one of several lists for the same part; assign each list to a part in data.reading.parts';
  for (const { key } of lists) given.refusals.set(key, why);
  return [];
}

const overlap = (a: PartList, b: PartList): boolean => [...a.images].some((key) => b.images.has(key));

function partAssigned(assigned: AssignedParts, key: string): Part | null {
  const part = assigned.get(key.normalize('NFC'));
  return part === undefined || part === 'ignore' ? null : part;
}

type Candidate = Pick<PartList, 'key' | 'part'>;

function candidates({ source, images }: ToRead, partOf: (key: string) => Part | null): Candidate[] {
  const pictures = new Set(images);
  return source.keys.flatMap((key) => {
    const part = isList(key) && !pictures.has(key) ? partOf(key) : null;
    return part === null ? [] : [{ key, part }];
  });
}

/** Those of which at least half of the lines name an image. `onUnreadable`: with what was thrown by a file that cannot be read. */
async function readLists(
  of: readonly Candidate[],
  { source, images }: ToRead,
  why: string,
  onUnreadable: (key: string, thrown: unknown) => void,
): Promise<PartList[]> {
  const lists: PartList[] = [];
  const files = filesOf(images);
  for (const { key, part } of of) {
    const bytes = await source.read(key).catch((thrown: unknown) => {
      onUnreadable(key, thrown);
      return null;
    });
    if (bytes === null) continue;
    const lines = (decodeText(bytes)?.text ?? '')
      .split(/\r\n|\n|\r/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const list: PartList = { key, part, why, images: new Set(), unknown: [] };
    for (const line of lines) {
      const found = files.find(line, folderOf(key), part);
      if (found && 'key' in found) list.images.add(found.key);
      else list.unknown.push(line);
    }
    if (list.images.size > 0 && list.unknown.length * 2 <= lines.length) lists.push(list);
  }
  return lists;
}

function divide(listing: Listing, lists: readonly PartList[]): void {
  // The last one counts: an image that several lists name must not be learnt from.
  const inOrder = [...lists].sort(
    (a, b) => parts.indexOf(a.part) - parts.indexOf(b.part) || depth(a.key) - depth(b.key),
  );
  const listOf = new Map(inOrder.flatMap((list) => [...list.images].map((key) => [key, list] as const)));
  const isWhole = lists.some(({ part }) => part === 'train');
  const names = lists.map(({ key }) => key).join(', ');
  const counts = new Map<PartList, number>();
  listing.images = listing.images.filter((image) => {
    const list = listOf.get(image.key);
    if (list) {
      image.part = list.part;
      counts.set(list, (counts.get(list) ?? 0) + 1);
    } else if (isWhole) {
      listing.skipped.push({ file: image.key, reason: 'not-used', detail: `not named by ${names}` });
      return false;
    }
    return true;
  });
  for (const list of lists) {
    const { key, part, why, unknown } = list;
    listing.used.push(key);
    listing.reading.parts.push({ folder: key, part, images: counts.get(list) ?? 0, why });
    for (const line of unknown) listing.skipped.push(missing(line, key));
  }
  const again = lists.reduce((sum, { images }) => sum + images.size, 0) - listOf.size;
  if (again > 0)
    listing.reading.notes.push(
      `${again} images stand in several of the lists ${names}: they belong to the test part first, then to the validation part.`,
    );
}

const namesNone = (key: string): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `The recipe takes "${key}" as a list of the images of a part (data.reading.parts), but most of its lines name no image.`,
    "Write one image a line, by its path from the dataset's root or from the list's folder, or take this entry out.",
  );
