import { largest } from '../../contract/extremes.ts';
import type { TeacherRemedy } from '../../contract/teacher-check.ts';
import { mcnemar } from './mcnemar.ts';

/** The classes that a given teacher predicts for some held-out images. */
export interface TeacherPredictions {
  /** True classes, [n]. */
  labels: Int32Array;
  /** Its most probable class of each image, [n]. */
  predictions: Int32Array;
  /** Number of classes that it chooses among. */
  classes: number;
}

/** Another way to take the teacher, tried on the same images. */
export interface Reading {
  /** Another known order of the classes, another known preparation of the images, or the order that fits the predictions best. */
  kind: 'order' | 'image' | 'fitted';
  /** E.g. 'with its classes in the alphabetical order of their names'. */
  what: string;
  /** What to do where it fits better. */
  hint: string;
  /** The same as a change of the recipe; null: it is none. */
  remedy: TeacherRemedy | null;
  predictions: Int32Array;
}

/** One-sided quantile of the normal distribution at 0.1 %: a good teacher is stopped once in a thousand runs at most. */
const z = 3.09;
/** Chance of luck below which another reading is mentioned. */
const likely = 0.05;
/**
 * Chances of luck below which a reading of its kind stops a run. Known readings share 1 % (Bonferroni), half for each kind. A
 * fitted order was chosen for these predictions, so its chance comes out too low.
 */
const certain = { order: 5e-3, image: 5e-3, fitted: 1e-3 } as const;

export const countRight = (labels: Int32Array, predictions: Int32Array): number =>
  labels.reduce((sum, label, i) => sum + Number(predictions[i] === label), 0);

/** Upper limit of the true accuracy (Wilson, 1927). */
export function upperLimit(right: number, n: number): number {
  const p = right / n;
  const spread = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return (p + z ** 2 / (2 * n) + spread) / (1 + z ** 2 / n);
}

/** The share that always guessing the most frequent class gets right. */
function chanceOf(labels: Int32Array, classes: number): number {
  const counts = new Int32Array(1 + largest([...labels]));
  for (const label of labels) counts[label]!++;
  return Math.max(1 / classes, counts.reduce((most, count) => Math.max(most, count), 0) / labels.length);
}

/** A quarter of the way from chance to perfect: a network below it has learned something else. */
const nearChance = (chance: number): number => chance + 0.25 * (1 - chance);

/** The predictions where output i stands for class order[i]. */
export const relabelled = (predictions: Int32Array, order: readonly number[]): Int32Array =>
  predictions.map((predicted) => order[predicted]!);

/** Each output read as the class whose images it mostly names: how well any other order of the classes could do at best. */
export function bestOrder({ labels, predictions, classes }: TeacherPredictions): number[] {
  const counts = Array.from({ length: classes }, () => new Int32Array(classes));
  for (const [i, label] of labels.entries()) counts[predictions[i]!]![label]!++;
  return counts.map((row) => row.indexOf(row.reduce((most, count) => Math.max(most, count), 0)));
}

export type TeacherVerdict =
  | { kind: 'fine'; right: number }
  /** The sentence to warn with. */
  | { kind: 'doubtful'; right: number; message: string; remedy: TeacherRemedy | null }
  | { kind: 'wrong'; right: number; message: string; hint: string; remedy: TeacherRemedy | null };

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

export interface TeacherCheck extends TeacherPredictions {
  readings: readonly Reading[];
  /** Accuracy in the run that it comes from; null: not known. */
  expected: number | null;
}

interface Better {
  reading: Reading;
  right: number;
  /** The chance that it fits better by luck alone (McNemar's test). */
  luck: number;
  isSure: boolean;
}

/** The reading that fits better: a sure one before others, a known one before a fitted one; null: none fits better. */
function betterReading({ labels, predictions, readings }: TeacherCheck): Better | null {
  const rightHere = countRight(labels, predictions);
  const tried = (kind: Reading['kind']) =>
    new Set(readings.filter((one) => one.kind === kind).map((one) => one.predictions.join())).size;
  const better = readings.flatMap((reading): Better[] => {
    const right = countRight(labels, reading.predictions);
    if (right <= rightHere) return [];
    const both = labels.filter(
      (label, i) => reading.predictions[i] === label && predictions[i] === label,
    ).length;
    const luck = mcnemar(right - both, rightHere - both);
    return [{ reading, right, luck, isSure: luck < certain[reading.kind] / tried(reading.kind) }];
  });
  const isFitted = ({ reading }: Better) => Number(reading.kind === 'fitted');
  const [best] = better.sort(
    (a, b) => Number(b.isSure) - Number(a.isSure) || isFitted(a) - isFitted(b) || b.right - a.right,
  );
  return best ?? null;
}

const adviceOf = ({ reading: { hint, remedy } }: Better): Pick<Reading, 'hint' | 'remedy'> => ({
  hint,
  remedy,
});

const checkHint =
  "Check that it was trained on these classes in this order (teacher.classes takes a list or a file in the teacher's own order), and with this normalisation, image size and order of channels (teacher.image, or teacher.hints for an ONNX file).";

/** Whether a teacher can teach: evaluated on held-out images, before a student learns from it. */
export function checkTeacher(check: TeacherCheck): TeacherVerdict {
  const { labels, predictions, classes, expected } = check;
  const n = labels.length;
  const right = countRight(labels, predictions);
  const chance = chanceOf(labels, classes);
  const found = `The teacher gets ${right} of ${n} held-out images right (${percent(right / n)}; guessing would get ${percent(chance)})`;
  const better = betterReading(check);
  const there = better && `would get ${percent(better.right / n)} right ${better.reading.what}`;
  if (better?.isSure)
    return { kind: 'wrong', right, message: `${found}, but ${there}.`, ...adviceOf(better) };
  const limit = upperLimit(right, n);
  const wasNear = expected !== null && expected < nearChance(chance);
  if (limit < nearChance(chance) && !wasNear)
    return { kind: 'wrong', right, message: `${found}: it is near chance.`, hint: checkHint, remedy: null };
  if (expected !== null && !wasNear && limit - chance < (expected - chance) / 2) {
    const message = `${found}, and ${percent(expected)} in the run that it comes from.`;
    return {
      kind: 'wrong',
      right,
      message,
      hint: "Check that this dataset has the same classes as that run's.",
      remedy: null,
    };
  }
  if (right / n >= chance + 0.5 * (1 - chance)) return { kind: 'fine', right };
  const likelier = better && better.luck < likely ? better : null;
  const advice = likelier ? `It ${there}. ${likelier.reading.hint}` : checkHint;
  return {
    kind: 'doubtful',
    right,
    message: `${found}: a student can hardly learn from it. ${advice}`,
    remedy: likelier && likelier.reading.remedy,
  };
}
