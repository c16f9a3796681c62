import type { SplitRecipe } from '../../contract/recipe/split.ts';
import { grouped } from '../../contract/grouped.ts';
import { DistillError } from '../../contract/errors.ts';
import { random } from '../numbers/random.ts';
import type { Sample, Split } from './dataset.ts';
import { compareKeys } from './source/source.ts';

export type TrainClasses = 'all' | readonly number[];

export interface SplitOptions {
  trainClasses: TrainClasses;
  /** Size of the vocabulary. */
  classes: number;
  seed: number;
}

/** Ways to draw validation out of the training part. */
type DrawnMethod = Exclude<SplitMethod, 'given'>;

/** What the recipe's method comes to. */
export type SplitMethod = Exclude<SplitRecipe['method'], 'auto'>;

export const isSeen = (trainClasses: TrainClasses, label: number): boolean =>
  trainClasses === 'all' || trainClasses.includes(label);

export const splitMethod = (
  { method }: Pick<SplitRecipe, 'method'>,
  dataset: { validation: { length: number } },
): SplitMethod => {
  if (method !== 'auto') return method;
  return dataset.validation.length > 0 ? 'given' : 'track-random';
};

/** Throws INVALID_INPUT where a dataset whose own validation part is asked for has none. */
export function requireValidation(images: number): void {
  if (images > 0) return;
  throw new DistillError(
    'INVALID_INPUT',
    'The recipe validates on the validation part of the dataset (data.split.method is "given"), but the dataset has none.',
    'Choose another way to hold images out for validation, such as "auto", or assign a folder to the validation part in data.reading.parts.',
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
 * Throws INVALID_INPUT where `trainClasses` names a class outside the vocabulary.
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
  for (const [label, indices] of indicesByClass(samples)) {
    if (!chosen.has(label)) continue;
    const groups = groupsOf(samples, indices, method !== 'stratified');
    const held = holdOut(groups, method, split.fraction, options.seed, label);
    for (const group of groups) {
      const part = result[held.has(group) ? 'validation' : 'train'];
      for (const index of group) part.push(index);
    }
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

/** Throws INVALID_INPUT, naming the recipe's field, where a class outside the vocabulary is chosen. */
export function chosenClasses(
  { trainClasses, classes }: Pick<SplitOptions, 'trainClasses' | 'classes'>,
  field = 'data.trainClasses',
): Set<number> {
  const chosen = new Set(
    trainClasses === 'all' ? Array.from({ length: classes }, (_, id) => id) : trainClasses,
  );
  const outside = [...chosen].find((id) => !Number.isInteger(id) || id < 0 || id >= classes);
  if (outside !== undefined) {
    throw new DistillError(
      'INVALID_INPUT',
      `Class ${outside} is not in the dataset, whose classes are 0 to ${classes - 1}.`,
      `Correct ${field} in the recipe.`,
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
  return grouped(order, (index) => samples[index]!.label);
}

/** Tracks in order of their first key; every image alone where tracks do not count or are not known. */
function groupsOf(samples: readonly Sample[], indices: readonly number[], byTrack: boolean): Group[] {
  const groupOf = (index: number): string | number => (byTrack ? samples[index]!.track : null) ?? index;
  return [...grouped(indices, groupOf).values()];
}
