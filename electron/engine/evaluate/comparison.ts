import type { Judgement } from '../../contract/judgement.ts';
import type { Comparison, Role } from '../../contract/result.ts';
import { mcnemar } from './mcnemar.ts';
import { answers, type Predictions } from './predictions.ts';

/** A difference this unlikely by chance counts as shown. */
const alpha = 0.05;

const count = (images: number): string => images.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const probability = (p: number): string => (p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`);

/** Share of images on which two models give the same answer, right or wrong; 0 without images. */
export function agreement(one: Predictions, other: Predictions): number {
  const theirs = answers(other);
  const same = answers(one).reduce((total, answer, i) => total + Number(answer === theirs[i]), 0);
  return one.n === 0 ? 0 : same / one.n;
}

/**
 * Student against baseline by the exact McNemar test (alpha 0.05), and student beside teacher by agreement. All predictions
 * are of the same images in the same order.
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
      throw new Error('Models can be compared on the same images in the same order only.');
    }
  }
  const agree = agreement(student, teacher);
  const right = rightAnswers(student);
  const studentShare = percent(share(right));
  if (!baseline) {
    return {
      mcnemarP: null,
      onlyStudent: null,
      onlyBaseline: null,
      verdict: 'no baseline',
      sentence: `The student gets ${studentShare} of ${count(student.n)} images right; no baseline was trained, so what the teacher contributed is not known.`,
      agreement: agree,
    };
  }
  const baselineRight = rightAnswers(baseline);
  const onlyStudent = right.filter((hit, i) => hit && !baselineRight[i]).length;
  const onlyBaseline = baselineRight.filter((hit, i) => hit && !right[i]).length;
  const mcnemarP = mcnemar(onlyStudent, onlyBaseline);
  const verdict = mcnemarP >= alpha ? 'no difference shown' : onlyStudent > onlyBaseline ? 'better' : 'worse';
  const opening =
    verdict === 'no difference shown'
      ? 'No difference between student and baseline is shown'
      : `The distilled student is ${verdict} than its baseline`;
  const figures = `${studentShare} against ${percent(share(baselineRight))} of ${count(student.n)} images right`;
  const discordant = `${count(onlyStudent)} only by the student, ${count(onlyBaseline)} only by the baseline`;
  return {
    mcnemarP,
    onlyStudent,
    onlyBaseline,
    verdict,
    sentence: `${opening}: ${figures}, ${discordant} (exact McNemar test, ${probability(mcnemarP)}).`,
    agreement: agree,
  };
}

/** Compares the models that there are: without a teacher or a student some figures are null. As `compare` otherwise. */
export function compareRoles(models: ReadonlyMap<Role, Predictions>): Judgement['comparison'] {
  const teacher = models.get('teacher');
  const student = models.get('student');
  const baseline = models.get('baseline') ?? null;
  if (teacher && student) {
    const { mcnemarP, onlyStudent, onlyBaseline, sentence, agreement } = compare({
      teacher,
      student,
      baseline,
    });
    return { mcnemarP, onlyStudent, onlyBaseline, sentence, agreement };
  }
  return {
    mcnemarP: null,
    onlyStudent: null,
    onlyBaseline: null,
    sentence: 'The run has not trained its student yet.',
    agreement: teacher && baseline ? agreement(teacher, baseline) : null,
  };
}

const rightAnswers = (predictions: Predictions): boolean[] =>
  Array.from(answers(predictions), (answer, i) => answer === predictions.labels[i]);

const share = (hits: readonly boolean[]): number =>
  hits.length === 0 ? 0 : hits.filter(Boolean).length / hits.length;
