import { largest } from './extremes.ts';
import { type Finding, warning } from './findings.ts';
import type { RunEvaluation, ModelEvaluation } from './run-evaluation.ts';
import type { ClassScores, Comparison, Scores } from './result.ts';

interface EvaluatedModel {
  test: Pick<Scores, 'accuracy' | 'n'>;
  /** The classes that it knows, where it does not know all. */
  covers?: readonly number[];
  /** On the classes that the student was trained on; null: all. */
  seen: Pick<Scores, 'accuracy' | 'n'> | null;
}

interface Evaluated {
  /** In the order of perClass. */
  classes: readonly { seen: boolean }[];
  models: { teacher: EvaluatedModel; student: EvaluatedModel; baseline: EvaluatedModel | null };
  perClass: { teacher: readonly Pick<ClassScores, 'support'>[] };
  comparison: { verdict: Comparison['verdict'] | null };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const variance = (share: number, n: number): number => (share * (1 - share)) / n;

/** What is suspicious about a result, with what to do: a line for each. */
export function resultFindings(result: Evaluated): Finding[] {
  return [
    teacherKnowsPart(result),
    teacherNearChance(result),
    teacherBelowBaseline(result),
    studentBelowBaseline(result),
  ].filter((finding) => finding !== null);
}

/** The same of an evaluation, by its seen classes; nothing as long as there is no student or no teacher, or no such class counts. */
export function evaluationFindings({
  classes,
  models,
  comparison,
}: Pick<RunEvaluation, 'classes' | 'models' | 'comparison'>): Finding[] {
  const { teacher, student, baseline } = models;
  if (!teacher || !student) return [];
  const seen = new Set(classes.filter((one) => one.seen).map(({ id }) => id));
  const evaluated = ({ scores, perClass }: ModelEvaluation): EvaluatedModel => ({
    test: scores,
    seen: seen.size === classes.length ? null : scoresOf(perClass.filter(({ id }) => seen.has(id))),
  });
  const ofTeacher = teacher.perClass.filter(({ id }) => seen.has(id));
  if (scoresOf(ofTeacher).n === 0) return [];
  return resultFindings({
    classes: classes.filter((one) => one.seen),
    models: {
      teacher: evaluated(teacher),
      student: evaluated(student),
      baseline: baseline ? evaluated(baseline) : null,
    },
    perClass: { teacher: ofTeacher },
    comparison,
  });
}

/** The recall of a class is the share of its images that were classified correctly. */
function scoresOf(
  classes: readonly Pick<ClassScores, 'recall' | 'support'>[],
): Pick<Scores, 'accuracy' | 'n'> {
  const n = classes.reduce((sum, { support }) => sum + support, 0);
  const right = classes.reduce((sum, { recall, support }) => sum + recall * support, 0);
  return { accuracy: n === 0 ? 0 : right / n, n };
}

/** Answering always the most frequent class is as good: what two standard errors leave open counts as equal. */
function teacherNearChance({ classes, models, perClass }: Evaluated): Finding | null {
  const { seen } = models.teacher;
  const { accuracy, n } = seen ?? models.teacher.test;
  // Its accuracy and what guessing would get are of the same images.
  const tested = perClass.teacher.filter(({ support }, i) => support > 0 && (!seen || classes[i]!.seen));
  const total = tested.reduce((sum, { support }) => sum + support, 0);
  if (n === 0 || tested.length < 2) return null;
  const guessed = largest(tested.map(({ support }) => support)) / total;
  if (accuracy > guessed + 2 * Math.sqrt(variance(guessed, n))) return null;
  return warning(
    'teacher-near-chance',
    `The teacher is right for ${percent(accuracy)} of the test images${seen ? ' of the classes that were trained on' : ''}; always naming the most frequent class would be right for ${percent(guessed)}. The student cannot learn anything from it.`,
    'Train it longer or with more images, and check that its classes, labels and image preparation are those of this dataset.',
    'teacher',
  );
}

/** Its figures are then of other images than those of the other networks. */
const isPartial = ({ teacher, student }: Evaluated['models']): boolean =>
  teacher.covers !== undefined || teacher.test.n < student.test.n;

function teacherKnowsPart({ models }: Evaluated): Finding | null {
  if (!isPartial(models)) return null;
  const { covers, test } = models.teacher;
  const classes = covers ? `${covers.length} of the classes` : 'some of the classes';
  return warning(
    'teacher-knows-part',
    `The teacher knows ${classes}: its figures are of the ${test.n.toLocaleString('en-US')} test images of these alone, those of the other networks of all ${models.student.test.n.toLocaleString('en-US')}.`,
    'Compare it with the others class by class.',
    'teacher',
  );
}

/** By more than a standard error of the difference. */
function teacherBelowBaseline({ models }: Evaluated): Finding | null {
  const { teacher, baseline } = models;
  if (!baseline || isPartial(models)) return null;
  const [one, other] = [teacher.seen ?? teacher.test, baseline.seen ?? baseline.test];
  const error = Math.sqrt(variance(one.accuracy, one.n) + variance(other.accuracy, other.n));
  if (one.accuracy >= other.accuracy - error) return null;
  return warning(
    'teacher-below-baseline',
    `The teacher (${percent(one.accuracy)}) is worse than the baseline (${percent(other.accuracy)}), a small network trained without it.`,
    'Train the teacher longer, or give it pretrained weights: a student can hardly gain from a weaker teacher.',
    'teacher',
  );
}

function studentBelowBaseline({ models: { student, baseline }, comparison }: Evaluated): Finding | null {
  if (!baseline || comparison.verdict !== 'worse') return null;
  return warning(
    'student-below-baseline',
    `The student (${percent(student.test.accuracy)}) is worse than its baseline (${percent(baseline.test.accuracy)}): distillation made it worse.`,
    'Give the labels more weight, try another temperature, or train a better teacher.',
    'distillation.labels.weight',
  );
}
