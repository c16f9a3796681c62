import { imagesPerEpoch, studentSteps } from './batch-layout.ts';
import { classBalanceFindings } from './class-balance-findings.ts';
import { largest, smallest } from './extremes.ts';
import { counted, type Finding, someNames, warning } from './findings.ts';
import { wilsonInterval } from './interval.ts';
import type { SplitPreview } from './split-preview.ts';
import type { Recipe } from './recipe.ts';
import type { TrainingRecipe } from './recipe/training.ts';
import { suggestTraining } from './suggested-training.ts';
import { totalEpochs, totalSteps } from './training-steps.ts';

type DividedClass = Pick<
  SplitPreview['classes'][number],
  'name' | 'seen' | 'train' | 'validation' | 'test' | 'tracksTrain'
>;

/** What a recipe makes of a dataset, before anything is trained. */
export interface Planned {
  recipe: Recipe;
  classes: readonly DividedClass[];
  /** Images that the teacher trains on, where it is trained here; null: as many as the student. */
  teacherImages?: number | null;
  /** Images without labels of the student's training. */
  unlabelledImages?: number;
  /** Numbers of parameters; null: not known (yet). */
  parameters?: { teacher: number | null; student: number | null };
}

/** Training images of a class below which hardly anything can be learnt of it. */
const fewImages = 10;
/** Steps below which a training from random weights ends before it has begun. */
const fewSteps = 200;
/** Test images below which an accuracy is very uncertain. */
const fewTests = 100;

const sumOf = (classes: readonly DividedClass[], pick: (one: DividedClass) => number): number =>
  classes.reduce((sum, one) => sum + pick(one), 0);
const namesOf = (classes: readonly DividedClass[]): string =>
  someNames(classes.map(({ name }) => `“${name}”`));
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const are = (count: number): string => (count === 1 ? 'is' : 'are');

/**
 * What is wrong, or likely to disappoint, in the way that a recipe divides a dataset and trains on it; errors first. An error keeps the
 * run from starting.
 */
export function divisionFindings(planned: Planned): Finding[] {
  const { recipe, classes } = planned;
  const balance = classBalanceFindings(recipe, classes);
  const errors = [
    ...divisionErrors(recipe, classes),
    ...balance.filter(({ severity }) => severity === 'error'),
  ];
  const images = sumOf(classes, ({ train }) => train);
  return [
    ...errors,
    ...unseenFindings(recipe, classes),
    ...balance.filter(({ severity }) => severity === 'warning'),
    ...(errors.length > 0
      ? []
      : [
          ...smallClasses(classes),
          ...validationFindings(recipe, classes),
          ...testFindings(classes),
          ...stepFindings(recipe, images, planned),
        ]),
    ...sizeFindings(planned),
  ];
}

function divisionErrors({ data }: Recipe, classes: readonly DividedClass[]): Finding[] {
  const error = (code: Finding['code'], message: string, hint: string, field: string): Finding[] => [
    { severity: 'error', code, message, hint, field },
  ];
  const images = sumOf(classes, ({ train }) => train);
  const learnt = classes.filter(({ seen }) => seen);
  if (images === 0) {
    return error(
      'no-training-images',
      'There are no training images.',
      data.trainClasses === 'all'
        ? 'Add training images, or read another part of the dataset as the training part.'
        : 'Choose other classes to train on, or add training images of these.',
      data.trainClasses === 'all' ? 'data.path' : 'data.trainClasses',
    );
  }
  return [
    ...(learnt.length < 2
      ? error(
          'one-class',
          `Only one class has training images: ${namesOf(learnt)}. A classifier needs two or more.`,
          data.trainClasses === 'all'
            ? 'Add training images of other classes.'
            : 'Choose more classes to train on, or add training images of the chosen ones.',
          data.trainClasses === 'all' ? 'data.path' : 'data.trainClasses',
        )
      : []),
    ...(sumOf(classes, ({ test }) => test) === 0 ? noTest(classes, error) : []),
  ];
}

function noTest(
  classes: readonly DividedClass[],
  error: (code: Finding['code'], message: string, hint: string, field: string) => Finding[],
): Finding[] {
  const tracked = classes.some(({ tracksTrain }) => tracksTrain > 0);
  return tracked
    ? error(
        'no-test-images',
        'No test images are left: every class has a single track (frames of one object), which is used for training.',
        'Add images of more objects, or test images in a separate folder.',
        'data.path',
      )
    : error(
        'no-test-images',
        'No test images are left: every class has a single image, which is used for training.',
        'Add more images of each class, or test images in a separate folder.',
        'data.path',
      );
}

/** Classes that were to be trained on but have nothing to train with. */
function unseenFindings({ data }: Recipe, classes: readonly DividedClass[]): Finding[] {
  const empty = classes.filter(
    ({ seen }, id) => !seen && (data.trainClasses === 'all' || data.trainClasses.includes(id)),
  );
  if (empty.length === 0 || empty.length === classes.length) return [];
  const [have, count, these, them] =
    empty.length === 1 ? ['has', 'counts', 'this class', 'it'] : ['have', 'count', 'these classes', 'them'];
  return [
    warning(
      'unseen-classes',
      `${namesOf(empty)} ${have} no training image and ${count} as unseen.`,
      `Add training images of ${these}; otherwise the networks will not learn ${them}.`,
      'data.path',
    ),
  ];
}

function smallClasses(classes: readonly DividedClass[]): Finding[] {
  const small = classes.filter(({ seen, train }) => seen && train < fewImages);
  if (small.length === 0) return [];
  const least = smallest(small.map(({ train }) => train));
  return [
    warning(
      'few-training-images',
      `${namesOf(small)} ${small.length === 1 ? 'has' : 'have'} fewer than ${fewImages} training images (the fewest: ${least}).`,
      'Add more images of them: networks that start from random weights hardly learn such classes.',
      'data.path',
    ),
  ];
}

function validationFindings({ data }: Recipe, classes: readonly DividedClass[]): Finding[] {
  if (data.split.method === 'all') return [];
  const held = sumOf(classes, ({ validation }) => validation);
  const field = 'data.split.fraction';
  if (held === 0) {
    return [
      warning(
        'no-validation-images',
        'No images are left for validation: the last epoch is kept, and the curves show only the training images.',
        'Add more images, or hold out a larger share.',
        field,
      ),
    ];
  }
  const most = largest(classes.map(({ validation }) => validation));
  if (most > 1) return [];
  return [
    warning(
      'single-validation-images',
      'The validation set has one image per class: the choice of the best epoch is down to chance.',
      'Hold out a larger share, or choose to hold out nothing, so that the last epoch is kept.',
      field,
    ),
  ];
}

function testFindings(classes: readonly DividedClass[]): Finding[] {
  const untested = classes.filter(({ seen, test }) => seen && test === 0);
  const n = sumOf(classes, ({ test }) => test);
  const [low, high] = wilsonInterval(0.9, n);
  return [
    ...(untested.length > 0
      ? [
          warning(
            'untested-classes',
            `${namesOf(untested)} ${untested.length === 1 ? 'has' : 'have'} no test image: the scores will not cover ${untested.length === 1 ? 'it' : 'them'}.`,
            'Add test images of every class.',
            'data.path',
          ),
        ]
      : []),
    ...(n < fewTests
      ? [
          warning(
            'small-test',
            `There ${are(n)} only ${counted(n, 'test image')}: a score of 90 % could just as well be ${percent(low)} or ${percent(high)} (95 % interval).`,
            'Add more test images: these are too few to show small differences between the models.',
            'data.testFraction',
          ),
        ]
      : []),
  ];
}

function stepFindings(
  recipe: Recipe,
  studentImages: number,
  { teacherImages, unlabelledImages: unlabelled = 0 }: Planned,
): Finding[] {
  const { teacher, student, data } = recipe;
  /** `images`: of an epoch; `stepsOf`: steps of a whole training. */
  const of = (
    role: 'teacher' | 'student',
    training: TrainingRecipe,
    weights: string | null,
    images: number,
    stepsOf: (training: TrainingRecipe) => number,
  ) => {
    const steps = stepsOf(training);
    // What begins with learnt weights needs few.
    if (weights !== null || steps >= fewSteps) return [];
    const better = suggestTraining(role, training, images);
    const words = `${counted(totalEpochs(better.stages), 'epoch')} in batches of ${better.batchSize}`;
    return [
      warning(
        'few-steps',
        `The ${role}'s training has ${counted(steps, 'step')} in all: too few to learn from.`,
        `Train for ${words}: that is ${counted(stepsOf(better), 'step')}.`,
        `${role}.training.stages`,
      ),
    ];
  };
  const teachers = teacherImages ?? studentImages;
  const students = { labelled: studentImages, unlabelled };
  return [
    ...(teacher.source === 'train'
      ? of('teacher', teacher.training, teacher.weights, teachers, (training) =>
          totalSteps(teachers, training),
        )
      : []),
    ...of('student', student.training, student.weights, imagesPerEpoch(recipe, students), (training) =>
      studentSteps({ data, student: { ...student, training } }, students),
    ),
  ];
}

/** A student that is larger than its teacher; nothing where a size is not known. */
export function sizeFindings({ parameters }: Pick<Planned, 'parameters'>): Finding[] {
  const { teacher = null, student = null } = parameters ?? {};
  if (teacher === null || student === null || student <= teacher) return [];
  return [
    warning(
      'student-larger',
      `The student is larger than its teacher: ${counted(student, 'parameter')} against ${counted(teacher, 'parameter')}.`,
      'Choose a smaller student or a larger teacher: distillation is meant to make a network smaller.',
      'student.model.architecture',
    ),
  ];
}
