import type { DataRecipe, SplitRecipe } from '../../contract/recipe.ts';
import { DistillError } from '../../contract/errors.ts';
import { random } from '../random.ts';
import type { Dataset, Sample, Split } from './dataset.ts';
import { compareKeys } from './source/source.ts';

export interface SplitOptions {
  trainClasses: 'all' | readonly number[];
  /** Size of the vocabulary. */
  classes: number;
  seed: number;
}

/** A dataset as a recipe divides it. */
export interface Division {
  /** The vocabulary; `seen`: trained on. */
  classes: { id: number; name: string; seen: boolean }[];
  /** Images that may train or validate, of all classes. */
  pool: Sample[];
  test: Sample[];
  /** Training and validation by indices into `pool`; empty where it is not wanted. */
  split: Split;
  method: SplitMethod;
  /** Images of the dataset's own validation part that are left aside: the method holds out others. */
  leftAside: number;
}

/** Ways to draw validation out of the training part. */
type DrawnMethod = Exclude<SplitMethod, 'given'>;

/** What the recipe's method comes to. */
export type SplitMethod = Exclude<SplitRecipe['method'], 'auto'>;

export const isSeen = (trainClasses: DataRecipe['trainClasses'], label: number): boolean =>
  trainClasses === 'all' || trainClasses.includes(label);

export const splitMethod = (
  { method }: Pick<SplitRecipe, 'method'>,
  dataset: { validation: { length: number } },
): SplitMethod => {
  if (method !== 'auto') return method;
  return dataset.validation.length > 0 ? 'given' : 'track-random';
};

/**
 * Divides a dataset as a run of a recipe with this data and seed does. The dataset's own validation part validates or is
 * left aside; it never trains and never tests. Throws what splitSamples throws, and INVALID_INPUT where that part is
 * wanted and missing.
 */
export function divide(
  dataset: Pick<Dataset, 'classes' | 'train' | 'validation' | 'test'>,
  { trainClasses, split, testFraction }: DataRecipe,
  seed: number,
  isSplitWanted = true,
): Division {
  const { train, test } = dataset.test.length > 0 ? dataset : holdOutTest(dataset.train, testFraction, seed);
  const classes = dataset.classes.map((name, id) => ({ id, name, seen: isSeen(trainClasses, id) }));
  const method = splitMethod(split, dataset);
  const options = { trainClasses, classes: classes.length, seed };
  const { validation } = dataset;
  const isGiven = method === 'given';
  if (isGiven) requireValidation(validation.length);
  const none: Split = { train: [], validation: [] };
  const division = { classes, test, method, leftAside: isGiven ? 0 : validation.length };
  if (!isSplitWanted) return { ...division, pool: train, split: none };
  if (!isGiven)
    return { ...division, pool: train, split: splitSamples(train, { ...split, method }, options) };
  const training = splitSamples(train, { ...split, method: 'all' }, options).train;
  const held = [...validation.keys()].filter((at) => isSeen(trainClasses, validation[at]!.label));
  return {
    ...division,
    pool: [...train, ...validation],
    split: { train: training, validation: held.map((at) => train.length + at) },
  };
}

/** Throws INVALID_INPUT where a dataset whose own validation part is asked for has none. */
export function requireValidation(images: number): void {
  if (images > 0) return;
  throw new DistillError(
    'INVALID_INPUT',
    'The recipe validates on the validation part of the dataset (data.split.method is "given"), but the dataset has none.',
    'Choose another way to hold images out for validation, such as "auto", or say in data.reading.parts which folder holds the validation part.',
  );
}

/** Samples that must stay together (frames of one object), as indices in order of key. */
type Group = number[];

/** GTSRB's frames per track; the notebook's rule counts in these. */
const framesPerTrack = 30;

/**
 * Divides the training part into training and validation, class by class, `trainClasses` only.
 *
 * - track-first: of a class's n images in order of key, the first `int(n // 30 * fraction) * 30` validate, as the GTSRB
 *   notebook has it. Where that border would cut a track (a track of 29 frames before it), it moves down to the track's
 *   start, so that a physical object is never on both sides.
 * - track-random: whole tracks drawn by the seed, round(fraction * tracks) of them, at least one and never all of a class
 *   with two or more; the only track of a class trains.
 * - stratified: images drawn by the seed in the same numbers. It ignores tracks: where there are any, frames of one object
 *   land on both sides and the validation score flatters.
 * - all: nothing validates.
 *
 * Samples without a track are groups of one. Where no sample has a track, both track methods are stratified.
 * Throws INVALID_INPUT where `trainClasses` names a class outside the vocabulary or fewer than two classes have images.
 */
export function splitSamples(
  samples: readonly Sample[],
  split: { method: DrawnMethod; fraction: number },
  options: SplitOptions,
): Split {
  const chosen = chosenClasses(options);
  const tracked = samples.some(({ track }) => track !== null);
  const method = tracked || split.method === 'all' ? split.method : 'stratified';
  const result: Split = { train: [], validation: [] };
  let trained = 0;
  for (const [label, indices] of indicesByClass(samples)) {
    if (!chosen.has(label)) continue;
    trained++;
    const groups = groupsOf(samples, indices, method !== 'stratified');
    const held = holdOut(groups, method, split.fraction, options.seed, label);
    for (const group of groups) {
      const part = result[held.has(group) ? 'validation' : 'train'];
      for (const index of group) part.push(index);
    }
  }
  if (trained < 2) {
    throw new DistillError(
      'INVALID_INPUT',
      `Only ${trained} of the chosen classes has training images; a classifier needs two.`,
      'Choose more classes, or check the dataset.',
    );
  }
  result.train.sort((a, b) => a - b);
  result.validation.sort((a, b) => a - b);
  return result;
}

/**
 * Holds a test part out of a dataset that brings none: whole tracks drawn by the seed, images where there are no tracks,
 * class by class as for track-random. Both parts keep the order of `samples`.
 */
export function holdOutTest(
  samples: readonly Sample[],
  fraction: number,
  seed: number,
): { train: Sample[]; test: Sample[] } {
  const held = new Set<number>();
  for (const [label, indices] of indicesByClass(samples)) {
    for (const group of drawn(groupsOf(samples, indices, true), fraction, seed, 'test', label))
      group.forEach((index) => held.add(index));
  }
  return {
    train: samples.filter((_, index) => !held.has(index)),
    test: samples.filter((_, index) => held.has(index)),
  };
}

function chosenClasses({ trainClasses, classes }: SplitOptions): Set<number> {
  const chosen = new Set(
    trainClasses === 'all' ? Array.from({ length: classes }, (_, id) => id) : trainClasses,
  );
  const outside = [...chosen].find((id) => !Number.isInteger(id) || id < 0 || id >= classes);
  if (outside !== undefined) {
    throw new DistillError(
      'INVALID_INPUT',
      `Class ${outside} is not in the dataset, whose classes are 0 to ${classes - 1}.`,
      'Correct data.trainClasses in the recipe.',
    );
  }
  if (chosen.size < 2) {
    throw new DistillError(
      'INVALID_INPUT',
      `${chosen.size} class is too few to train a classifier.`,
      'Choose two classes or more.',
    );
  }
  return chosen;
}

function holdOut(
  groups: readonly Group[],
  method: DrawnMethod,
  fraction: number,
  seed: number,
  label: number,
): Set<Group> {
  if (method === 'all') return new Set();
  if (method === 'track-first') return firstTracks(groups, fraction);
  return drawn(groups, fraction, seed, 'split', label);
}

function firstTracks(groups: readonly Group[], fraction: number): Set<Group> {
  const images = groups.reduce((sum, group) => sum + group.length, 0);
  let left = Math.trunc(Math.floor(images / framesPerTrack) * fraction) * framesPerTrack;
  const held = new Set<Group>();
  for (const group of groups) {
    left -= group.length;
    if (left < 0) break;
    held.add(group);
  }
  return held;
}

function drawn(
  groups: readonly Group[],
  fraction: number,
  seed: number,
  purpose: string,
  label: number,
): Set<Group> {
  const count = Math.min(Math.max(Math.round(groups.length * fraction), 1), groups.length - 1);
  return new Set(random(seed, purpose, label).shuffled(groups).slice(0, count));
}

/** Classes in order of id, each with its samples' indices in order of key. */
function indicesByClass(samples: readonly Sample[]): Map<number, number[]> {
  const order = samples.map((_, index) => index);
  order.sort(
    (a, b) => samples[a]!.label - samples[b]!.label || compareKeys(samples[a]!.key, samples[b]!.key),
  );
  const classes = new Map<number, number[]>();
  for (const index of order) append(classes, samples[index]!.label, index);
  return classes;
}

/** Tracks in order of their first key; every image alone where tracks do not count or are not known. */
function groupsOf(samples: readonly Sample[], indices: readonly number[], byTrack: boolean): Group[] {
  const groups = new Map<string | number, Group>();
  for (const index of indices) append(groups, (byTrack ? samples[index]!.track : null) ?? index, index);
  return [...groups.values()];
}

function append<Key>(lists: Map<Key, number[]>, key: Key, item: number): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
