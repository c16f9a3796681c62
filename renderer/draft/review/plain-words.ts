import { architectureNames, stemWidth } from '../../../electron/contract/architectures.ts';
import { exportDescriptors, type ExportFormat } from '../../../electron/contract/exports.ts';
import { listed } from '../../../electron/contract/listed.ts';
import { memberName, sharesOf } from '../../../electron/contract/ensemble.ts';
import { optimizerWords } from '../../../electron/contract/optimizers.ts';
import { onnxTeacherSentences } from '../../../electron/contract/onnx-teacher-words.ts';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ImageRecipe } from '../../../electron/contract/recipe/image.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import type { TrainingRecipe } from '../../../electron/contract/recipe/training.ts';
import { scheduleWords } from '../../../electron/contract/schedules.ts';
import { averageWords } from '../../../electron/contract/weight-average.ts';
import { imageOf } from '../../../electron/contract/role-image.ts';
import { trainingImageClauses } from '../../../electron/contract/training-image-words.ts';
import { totalEpochs } from '../../../electron/contract/training-steps.ts';
import { startPhrase } from '../../../electron/contract/start-weights.ts';
import { baseName, formatCount, formatRate, formatSet, plural } from '../../format.ts';
import { countChosen } from '../data/class-selection.ts';
import { taughtUnseen } from '../data/taught-classes.ts';
import type { StepId } from '../steps.ts';
import { highestRate } from '../training/stages.ts';
import { lossSentence } from './loss-words.ts';

/** What is known of the dataset; null: not read yet. */
export interface DataFacts {
  classes: number;
  train: number;
  validation: number;
  test: number;
  unlabelled: number;
}

export interface Paragraph {
  step: StepId;
  title: string;
  sentences: string[];
}

function network(model: ModelRecipe): string {
  const { architecture, stem, head } = model;
  const parts = [`${plural(stemWidth(model), 'channel')} in its stem`];
  if (stem !== 'imagenet') parts.push(stem === 'small' ? 'no stride there' : 'stride 2 there');
  if (head === 'fastai') parts.push("fastai's head");
  return `${architectureNames[architecture]} (${parts.join(', ')})`;
}

function trained({ stages, batchSize, optimizer, schedule, ema }: TrainingRecipe): string {
  const epochs = plural(totalEpochs(stages), 'epoch');
  const rates = [...new Set(stages.map(({ learningRate }) => formatRate(highestRate(learningRate))))];
  const inStages = stages.length > 1 ? ` in ${stages.length} stages` : '';
  return `${epochs}${inStages}, ${plural(batchSize, 'image')} a step, by ${optimizerWords(optimizer, formatSet)} with a learning rate ${scheduleWords(schedule, listed(rates), formatSet)}${averageWords(ema, formatSet)}`;
}

function withImages(training: TrainingRecipe): string[] {
  const clauses = trainingImageClauses(training, formatSet);
  return clauses.length > 0 ? [`It is trained with ${listed(clauses)}.`] : [];
}

function frozen({ stages }: TrainingRecipe): string[] {
  return stages.flatMap(({ freezeTo, epochs }, index) => {
    if (freezeTo === 0 || Number.isNaN(freezeTo)) return [];
    const what =
      freezeTo < 0
        ? `only ${freezeTo === -1 ? 'the last parameter group trains' : `the last ${-freezeTo} parameter groups train`}`
        : `${freezeTo === 1 ? 'the first parameter group is' : `the first ${freezeTo} parameter groups are`} frozen`;
    return [`In stage ${index + 1} (${plural(epochs, 'epoch')}) ${what}.`];
  });
}

const fits = { squish: 'stretched', crop: 'cropped', pad: 'fitted with filled edges' } as const;
const fitted = ({ size, resize }: ImageRecipe): string =>
  `${fits[resize]} to ${formatSet(size)} × ${formatSet(size)} pixels`;

function dataSentences(recipe: Recipe, facts: DataFacts | null): string[] {
  const { path, trainClasses, image, split, augment, unlabelled } = recipe.data;
  const sentences: string[] = [];
  const what = path === null ? 'No dataset chosen yet' : `The images come from “${baseName(path)}”`;
  sentences.push(
    path !== null && facts
      ? `${what}: ${formatCount(facts.train)} for training, ${
          facts.validation === 0 ? 'none' : formatCount(facts.validation)
        } for validation and ${formatCount(facts.test)} for the test.`
      : `${what}.`,
  );
  if (trainClasses === 'all') {
    sentences.push(
      facts ? `All ${formatCount(facts.classes)} classes are trained on.` : 'All classes are trained on.',
    );
  } else {
    const chosen = facts ? countChosen(trainClasses, facts.classes) : trainClasses.length;
    const unseen = facts ? unseenClause(facts.classes - chosen) : '';
    sentences.push(`The student is trained on ${plural(chosen, 'class', 'classes')}${unseen}.`);
    const taught = facts ? taughtUnseen(recipe, facts.classes) : 0;
    if (facts && taught > 0) sentences.push(teacherKnows(taught, facts.classes - chosen));
  }
  if (unlabelled !== null) {
    const images = facts && facts.unlabelled > 0 ? plural(facts.unlabelled, 'image') : 'images';
    sentences.push(`The student also learns from ${images} without labels, by its teacher alone.`);
  }
  if (split.method === 'stratified')
    sentences.push(
      'Validation images are drawn one by one, so frames of one object may end up on both sides.',
    );
  const teachers = imageOf(recipe, 'teacher');
  const isOwn = fitted(teachers) !== fitted(image);
  sentences.push(`Every image is ${fitted(image)}${isOwn ? `, for the teacher ${fitted(teachers)}` : ''}.`);
  sentences.push(augmentSentence(augment));
  return sentences;
}

function unseenClause(count: number): string {
  if (count <= 0) return '';
  return count === 1
    ? '; the other one stays unseen and is evaluated as such'
    : `; the other ${formatCount(count)} stay unseen and are evaluated as such`;
}

/** How many of the classes that the student is not shown its teacher is trained on. */
function teacherKnows(known: number, left: number): string {
  if (known < left) return `The teacher is also trained on ${formatCount(known)} of them.`;
  return `The teacher is trained on ${left === 1 ? 'it' : 'them'} too.`;
}

function augmentSentence(augment: Recipe['data']['augment']): string {
  if (augment === null) return 'Images are not augmented.';
  const { rotate, zoom, warp, brightness, contrast, flip, erase } = augment;
  const kinds = [
    rotate.p > 0 && rotate.maxDegrees > 0 && `turned by up to ${formatSet(rotate.maxDegrees)}°`,
    zoom.p > 0 && zoom.max > 1 && `enlarged up to ${zoom.max} times`,
    warp.p > 0 && warp.magnitude > 0 && 'tilted in perspective',
    brightness.p > 0 && brightness.max > 0 && 'made brighter or darker',
    contrast.p > 0 && contrast.max > 0 && 'given more or less contrast',
    flip.p > 0 && 'mirrored',
    erase.p > 0 && 'partly erased',
  ].filter((kind) => kind !== false);
  return kinds.length === 0
    ? 'Images are not augmented.'
    : `During training, each image is changed at random every time: ${listed(kinds)}.`;
}

function teacherSentences({ teacher }: Recipe): string[] {
  switch (teacher.source) {
    case 'train':
      return [
        `A ${network(teacher.model)} is trained first: ${trained(teacher.training)}.`,
        teacher.weights === null
          ? 'It starts with random weights.'
          : `It starts with ${startPhrase(teacher.weights)}.`,
        ...withImages(teacher.training),
        ...frozen(teacher.training),
      ];
    case 'ensemble': {
      const shares = sharesOf(teacher);
      const members = teacher.members.map(
        (member, k) => `${memberName(member.teacher)} (${formatSet(100 * shares[k]!)} %)`,
      );
      return [
        `${members.length} networks teach together, their ${teacher.average} averaged by weight: ${listed(members)}. They are not trained again.`,
      ];
    }
    case 'run':
      return [
        teacher.path === ''
          ? 'No run chosen yet.'
          : `The ${teacher.role} of the run “${baseName(teacher.path)}” teaches; it is not trained again.`,
      ];
    case 'onnx':
      return teacher.path === ''
        ? ['No ONNX file chosen yet.']
        : [
            `The network in “${baseName(teacher.path)}” teaches; it is not trained here.`,
            ...onnxTeacherSentences(teacher),
          ];
    case 'weights':
      return [
        teacher.path === ''
          ? 'No weights file chosen yet.'
          : `A ${network(teacher.model)} with the weights in “${baseName(teacher.path)}” teaches; it is not trained again.`,
      ];
  }
}

function studentSentences({ student }: Recipe): string[] {
  return [
    `A ${network(student.model)} learns: ${trained(student.training)}.`,
    student.weights === null
      ? 'It starts with random weights.'
      : `It starts with ${startPhrase(student.weights)}.`,
    ...withImages(student.training),
    ...frozen(student.training),
  ];
}

function trainingSentences({ distillation, baseline, evaluation, exports, seed }: Recipe): string[] {
  const counts = evaluation.tta.counts.filter((count) => count > 0);
  return [
    lossSentence(distillation),
    baseline
      ? 'The same student is also trained without the teacher, as a baseline that shows the gain from distillation.'
      : 'No baseline is trained, so the gain from distillation will not be known.',
    counts.length === 0
      ? 'Each test image is evaluated once.'
      : `Test images are also evaluated as the average over ${listed(counts.map(String))} augmented copies.`,
    `Afterwards ${writtenClause(exports)} written. The seed is ${formatSet(seed)}.`,
  ];
}

function writtenClause(exports: Recipe['exports']): string {
  if (exports.length === 0) return 'nothing is';
  // A report is one thing, the others are several each.
  const isOne = exports.length === 1 && exports[0] === 'report';
  return `${listed(exports.map(exportName))} ${isOne ? 'is' : 'are'}`;
}

/** The formats that are more than a network in another form. */
const ownNames: Partial<Record<ExportFormat, string>> = {
  safetensors: 'weights',
  report: 'a report',
  csv: 'tables',
  plots: 'plots',
};

const exportName = (format: ExportFormat): string =>
  ownNames[format] ?? `files for ${exportDescriptors[format].label}`;

/** The recipe as one would explain it to a colleague. */
export const plainWords = (recipe: Recipe, facts: DataFacts | null): Paragraph[] => [
  { step: 'data', title: 'Data', sentences: dataSentences(recipe, facts) },
  { step: 'teacher', title: 'Teacher', sentences: teacherSentences(recipe) },
  { step: 'student', title: 'Student', sentences: studentSentences(recipe) },
  { step: 'training', title: 'Training', sentences: trainingSentences(recipe) },
];
