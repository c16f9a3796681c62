import { largest } from './extremes.ts';
import { type Finding, warning } from './findings.ts';
import type { RunEvaluation, ModelEvaluation } from './run-evaluation.ts';
import type { ClassScores, Comparison, Scores } from './result.ts';

interface EvaluatedModel {
  test: Pick<Scores, 'accuracy' | 'n'> & Partial<Pick<Scores, 'ece'>>;
  /** The classes that it knows, where it does not know all. */
  covers?: readonly number[];
  /** On the classes that the student was trained on; null: all. */
  seen: Pick<Scores, 'accuracy' | 'n'> | null;
  /** Absent, or null: none are held out. */
  validation?: Pick<Scores, 'accuracy' | 'n'> | null;
}

interface Evaluated {
  /** In the order of perClass. */
  classes: readonly { seen: boolean; name?: string }[];
  models: { teacher: EvaluatedModel; student: EvaluatedModel; baseline: EvaluatedModel | null };
  perClass: { teacher: readonly Pick<ClassScores, 'support'>[] };
  comparison: { verdict: Comparison['verdict'] | null };
  /** confusion.student[true][predicted], in the order of classes; absent where it is of other classes. */
  confusion?: { student: readonly (readonly number[])[] };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const variance = (share: number, n: number): number => (share * (1 - share)) / n;

/** What is suspicious about a result, with what to do: a line for each. */
export function resultFindings(result: Evaluated): Finding[] {
  return [
    teacherKnowsPart(result),
    teacherNearChance(result),
    teacherUncalibrated(result),
    teacherBelowBaseline(result),
    studentBelowBaseline(result),
    neverPredicted(result),
    testDiffers(result),
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
    // Of all classes, all of them seen: else a column is not all that was predicted.
    ...(seen.size === classes.length && { confusion: { student: student.confusion } }),
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

/** Networks trained well here have 0.005 to 0.03; modern deep ones elsewhere up to some 0.1 (Guo et al., 2017, arXiv 1706.04599). */
const largestEce = 0.1;

function teacherUncalibrated({ models: { teacher } }: Evaluated): Finding | null {
  const { ece, accuracy } = teacher.test;
  if (ece === undefined || !(ece > largestEce)) return null;
  return warning(
    'teacher-uncalibrated',
    `The teacher's confidence is ${percent(ece)} away from its accuracy (${percent(accuracy)}) on average: its probabilities, which the student imitates, are far from how often it is right.`,
    'Raise the temperature, or train the teacher for fewer epochs or on more images.',
    'distillation.terms',
  );
}

/** Fewer test images of a class may all be missed by chance. */
const enoughImages = 5;
const mostNamed = 5;

function neverPredicted({ classes, confusion }: Evaluated): Finding | null {
  const rows = confusion?.student;
  if (!rows || rows.length !== classes.length) return null;
  const missing = classes.filter(({ seen }, id) => {
    const support = rows[id]!.reduce((sum, count) => sum + count, 0);
    return seen && support >= enoughImages && rows.every((row) => row[id] === 0);
  });
  if (missing.length === 0) return null;
  const names = missing.slice(0, mostNamed).flatMap(({ name }) => (name === undefined ? [] : [`“${name}”`]));
  const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : '';
  const [what, them] = missing.length === 1 ? ['a class', 'it'] : [`${missing.length} classes`, 'them'];
  return warning(
    'class-never-predicted',
    `The student was trained on ${what} that it predicts for no test image: ${names.join(', ')}${more}.`,
    `Add training images of ${them}, weigh ${them} more (class weights, balanced sampling), or train longer.`,
    'student.training.classWeights',
  );
}

/** Of accuracy. Smaller ones are usual even where parts are drawn from the same images, by whole tracks. */
const largestGap = 0.05;
/** Of the difference of two shares, in standard errors: by chance in 1 of 1,000 runs. */
const beyondChance = 3.3;

/** By the test of two proportions. */
function testDiffers({ models: { student } }: Evaluated): Finding | null {
  const { validation, test, seen } = student;
  if (!validation) return null;
  const tested = seen ?? test;
  const gap = validation.accuracy - tested.accuracy;
  const pooled =
    (validation.accuracy * validation.n + tested.accuracy * tested.n) / (validation.n + tested.n);
  const error = Math.sqrt(variance(pooled, validation.n) + variance(pooled, tested.n));
  // Where the test is easier, another mix of classes is the usual reason.
  const limit = gap > 0 ? largestGap : 2 * largestGap;
  if (Math.abs(gap) < limit || Math.abs(gap) < beyondChance * error) return null;
  const what = `The student is right for ${percent(validation.accuracy)} of the validation images and ${percent(tested.accuracy)} of the test images${seen ? ' of the same classes' : ''}: `;
  return gap > 0
    ? warning(
        'test-differs',
        `${what}the test images differ from those that it was trained and chosen by, or validation images resemble training images.`,
        'Hold out whole tracks (data.split.method), and add training images like those of the test.',
        'data.split.method',
      )
    : warning(
        'test-differs',
        `${what}the test images are easier than those that it was chosen by.`,
        'Check that no test image is also in training, and that both parts show what the network will see.',
        'data.dropLeaks',
      );
}
