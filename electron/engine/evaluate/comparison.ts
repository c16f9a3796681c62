import type { RunEvaluation } from '../../contract/run-evaluation.ts';
import type { Comparison } from '../../contract/result.ts';
import type { Role } from '../../contract/run.ts';
import {
  type PairedCounts,
  shareText,
  studentAndBaseline,
  verdictOf,
  verdictSentence,
} from '../../contract/verdict.ts';
import { mcnemar } from './mcnemar.ts';
import { knownRows, knows, predictedClasses, type Predictions } from './predictions.ts';

/** Share of images, of classes that both know, on which two models predict the same class, right or wrong; 0 without images. */
export function agreement(one: Predictions, other: Predictions): number {
  const [ours, theirs] = [predictedClasses(one), predictedClasses(other)];
  const rows = knownRows(one).filter((row) => knows(other, one.labels[row]!));
  const same = rows.filter((row) => ours[row] === theirs[row]);
  return rows.length === 0 ? 0 : same.length / rows.length;
}

/** Which images a model gets right, row by row. */
export const correctRows = (predictions: Predictions): boolean[] =>
  Array.from(predictedClasses(predictions), (predicted, i) => predicted === predictions.labels[i]);

const countOf = (hits: readonly boolean[]): number => hits.filter(Boolean).length;

/** The exact McNemar test of two models by what each gets right of the same images, in the same order. */
export function pairedCounts(first: readonly boolean[], second: readonly boolean[]): PairedCounts {
  const onlyFirst = first.filter((hit, i) => hit && !second[i]).length;
  const onlySecond = second.filter((hit, i) => hit && !first[i]).length;
  return {
    n: first.length,
    firstRight: countOf(first),
    secondRight: countOf(second),
    onlyFirst,
    onlySecond,
    p: mcnemar(onlyFirst, onlySecond),
  };
}

/**
 * Student against baseline by the exact McNemar test, and student beside teacher by agreement. All predictions are of the same
 * images in the same order.
 * @throws Error where they are not, which is the caller's mistake.
 */
export function compare(models: {
  student: Predictions;
  baseline: Predictions | null;
  teacher: Predictions;
}): Comparison {
  const { student, baseline, teacher } = models;
  for (const other of [teacher, baseline ?? teacher]) {
    if (other.n !== student.n || other.labels.some((label, i) => label !== student.labels[i])) {
      throw new Error('Models can be compared only on the same images in the same order.');
    }
  }
  const agree = agreement(student, teacher);
  const right = correctRows(student);
  if (!baseline) {
    const share = shareText(countOf(right), student.n);
    return {
      mcnemarP: null,
      onlyStudent: null,
      onlyBaseline: null,
      verdict: 'no baseline',
      sentence: `The student gets ${share} of ${student.n.toLocaleString('en-US')} images right; no baseline was trained, so what the teacher contributed is not known.`,
      agreement: agree,
    };
  }
  const counts = pairedCounts(right, correctRows(baseline));
  return {
    mcnemarP: counts.p,
    onlyStudent: counts.onlyFirst,
    onlyBaseline: counts.onlySecond,
    verdict: verdictOf(counts),
    sentence: verdictSentence(counts, studentAndBaseline),
    agreement: agree,
  };
}

/** Compares the models that there are: without a teacher or a student some figures are null. As `compare` otherwise. */
export function compareRoles(models: ReadonlyMap<Role, Predictions>): RunEvaluation['comparison'] {
  const teacher = models.get('teacher');
  const student = models.get('student');
  const baseline = models.get('baseline') ?? null;
  if (teacher && student) return compare({ teacher, student, baseline });
  return {
    mcnemarP: null,
    onlyStudent: null,
    onlyBaseline: null,
    verdict: null,
    sentence: 'The run has not trained its student yet.',
    agreement: teacher && baseline ? agreement(teacher, baseline) : null,
  };
}
