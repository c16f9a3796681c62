import { grouped } from '../../contract/grouped.ts';
import type { PairComparison } from '../../contract/run-evaluation.ts';
import { type PairNames, verdictOf, verdictSentence } from '../../contract/verdict.ts';
import { pairedCounts, correctRows } from './comparison.ts';
import { knows, type Predictions } from './predictions.ts';

/** A model's predictions for test images, to be compared with another's. */
export interface PairSide {
  /** Of the run, for sentences. */
  run: string;
  keys: readonly string[];
  hashes: readonly string[] | null;
  /** Of the imported dataset; null where it is not known. */
  fingerprint: string | null;
  /** In order of id. */
  classes: readonly { name: string; seen: boolean }[];
  predictions: Predictions;
}

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
const isAre = (n: number): string => (n === 1 ? 'is' : 'are');

/** Each identity with its rows in order: the same picture may be there twice. */
const rowsOf = (identities: readonly string[]): Map<string, number[]> =>
  grouped(identities.keys(), (row) => identities[row]!);

/** Rows of the same image on both sides. */
function matched(first: readonly string[], second: readonly string[]): [number, number][] {
  const others = rowsOf(second);
  const used = new Map<string, number>();
  return first.flatMap((identity, row): [number, number][] => {
    const turn = used.get(identity) ?? 0;
    const other = others.get(identity)?.[turn];
    if (other === undefined) return [];
    used.set(identity, turn + 1);
    return [[row, other]];
  });
}

const nameOf = ({ classes, predictions }: PairSide, row: number): string =>
  classes[predictions.labels[row]!]!.name.normalize('NFC');
const knowsClass = ({ predictions }: PairSide, row: number): boolean =>
  knows(predictions, predictions.labels[row]!);
const seenNames = ({ classes }: PairSide): Set<string> =>
  new Set(classes.filter(({ seen }) => seen).map(({ name }) => name.normalize('NFC')));

/**
 * Compares two models' predictions image by image: images are the same by their files' hashes where both runs kept
 * them, else by their keys. Only images count that both label alike, and of classes that both trained on or both did not.
 */
export function comparePair(first: PairSide, second: PairSide, names: PairNames): PairComparison {
  const notes: string[] = [];
  const byHash = first.hashes !== null && second.hashes !== null;
  const pairs = byHash ? matched(first.hashes!, second.hashes!) : matched(first.keys, second.keys);
  const none = (sentence: string): PairComparison => ({ counts: null, verdict: null, sentence, notes });
  if (pairs.length === 0) {
    return none(
      `“${first.run}” and “${second.run}” were not tested on the same images, so their models cannot be compared image by image: none of the ${count(first.predictions.n, 'test image')} of the one is among the ${second.predictions.n.toLocaleString('en-US')} of the other.`,
    );
  }
  const left = [
    [first, first.predictions.n - pairs.length],
    [second, second.predictions.n - pairs.length],
  ] as const;
  for (const [side, images] of left) {
    if (images > 0)
      notes.push(
        `${count(images, 'test image')} of “${side.run}” ${isAre(images)} left out: the other run was not tested on ${images === 1 ? 'it' : 'them'}.`,
      );
  }
  if (!byHash && (first.fingerprint === null || first.fingerprint !== second.fingerprint)) {
    notes.push(
      'The images were matched by their paths, since one of the runs kept no hashes and the datasets are not exactly the same.',
    );
  }
  const known = pairs.filter(([a, b]) => knowsClass(first, a) && knowsClass(second, b));
  const unknown = pairs.length - known.length;
  if (unknown > 0)
    notes.push(
      `${count(unknown, 'image')} ${isAre(unknown)} left out: one of the models does not know ${unknown === 1 ? 'its class' : 'their classes'}.`,
    );
  const alike = known.filter(([a, b]) => nameOf(first, a) === nameOf(second, b));
  const relabelled = known.length - alike.length;
  if (relabelled > 0)
    notes.push(
      `${count(relabelled, 'image')} ${isAre(relabelled)} left out: the runs give ${relabelled === 1 ? 'it a class of another name' : 'them classes of other names'}.`,
    );
  const [seenFirst, seenSecond] = [seenNames(first), seenNames(second)];
  const comparable = alike.filter(([row]) => {
    const name = nameOf(first, row);
    return seenFirst.has(name) === seenSecond.has(name);
  });
  const unfair = alike.length - comparable.length;
  if (unfair > 0)
    notes.push(
      `${count(unfair, 'image')} ${isAre(unfair)} left out: only one of the runs was trained on ${unfair === 1 ? 'its class' : 'their classes'}.`,
    );
  if (comparable.length === 0)
    return none(`“${first.run}” and “${second.run}” share no test image on which they can be compared.`);
  if (first.classes.length !== second.classes.length)
    notes.push(
      `The models choose among ${first.classes.length} and ${second.classes.length} classes: fewer classes are easier to distinguish.`,
    );
  const [hitsFirst, hitsSecond] = [correctRows(first.predictions), correctRows(second.predictions)];
  const counts = pairedCounts(
    comparable.map(([row]) => hitsFirst[row]!),
    comparable.map(([, row]) => hitsSecond[row]!),
  );
  return { counts, verdict: verdictOf(counts), sentence: verdictSentence(counts, names), notes };
}
