import { architectureName, onnxNetwork } from '../../../contract/architectures.ts';
import { baseName } from '../../../contract/base-name.ts';
import { formatName } from '../../../contract/dataset.ts';
import { memberName, sharesOf } from '../../../contract/ensemble.ts';
import { onnxTeacherSentences } from '../../../contract/onnx-teacher-words.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { AugmentRecipe } from '../../../contract/recipe/augmentation.ts';
import type { ImageRecipe } from '../../../contract/recipe/image.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import type { SplitRecipe } from '../../../contract/recipe/split.ts';
import type { StageRecipe, TrainingRecipe } from '../../../contract/recipe/training.ts';
import { imageOf } from '../../../contract/role-image.ts';
import { weighsNothing } from '../../../contract/loss-weight.ts';
import { lossFormula } from '../../../contract/loss-words.ts';
import { imitated } from '../../../contract/methods.ts';
import { optimizerWords } from '../../../contract/optimizers.ts';
import { scheduleWords, type ScheduleRecipe } from '../../../contract/schedules.ts';
import { averageWords } from '../../../contract/weight-average.ts';
import type { RunResult } from '../../../contract/result.ts';
import { startPhrase } from '../../../contract/start-weights.ts';
import { trainingImageClauses } from '../../../contract/training-image-words.ts';
import type { ReportData } from './data.ts';
import { list, percent, plural } from './format.ts';
import { html, type Html } from './html.ts';

/** What was done, in sentences made from the recipe. */

const stems: Record<ModelRecipe['stem'], string | null> = {
  imagenet: null,
  small: 'a stem for small images',
  'small-stride2': 'a stem for small images with stride 2',
};

function network({ architecture, width, stem, head }: ModelRecipe): string {
  const details = [
    ...(width === null ? [] : [`width ${width}`]),
    ...(stems[stem] === null ? [] : [stems[stem]]),
    ...(head === 'fastai' ? ['fastai’s two-layer head'] : []),
  ];
  return architectureName(architecture) + (details.length > 0 ? ` (${details.join(', ')})` : '');
}

const track = 'a track is a series of pictures of one object, so no object is on both sides';
const drawn = (what: string, share: string, areTracks = false): string =>
  `For ${what}, ${share} of the ${areTracks ? 'tracks' : 'images'} of each class were drawn and held out.`;

/** How images were held out for validation, and for the test where the dataset has no test part of its own. */
function splitSentence(
  { split: { method: asked, fraction }, testFraction }: Recipe['data'],
  importReport: ReportData['importReport'],
): string {
  const hasValidation = (importReport?.validation.images ?? 0) > 0;
  // Without tracks the images are drawn one by one.
  const hasTracks = importReport?.train.tracks !== 0;
  const method = asked === 'auto' ? (hasValidation ? 'given' : 'track-random') : asked;
  const share = percent(fraction, 0);
  const sentences: Record<Exclude<SplitRecipe['method'], 'auto'>, string> = {
    given: 'The dataset’s own validation part was used.',
    'track-first': hasTracks
      ? `For validation, the first ${share} of each class’s tracks were held out (${track}).`
      : `For validation, the first ${share} of each class’s images were held out.`,
    'track-random': hasTracks
      ? `For validation, ${share} of the tracks were drawn and held out as a whole (${track}).`
      : drawn('validation', share),
    stratified: drawn('validation', share),
    all: 'Nothing was held out for validation.',
  };
  const tested =
    importReport?.test.images === 0 ? ` ${drawn('testing', percent(testFraction, 0), hasTracks)}` : '';
  return sentences[method] + tested;
}

function augmentSentence(augment: AugmentRecipe | null): string {
  if (!augment) return 'Training images were used as they are.';
  const { rotate, zoom, warp, brightness, contrast, flip, erase } = augment;
  const ways = [
    rotate.p * rotate.maxDegrees > 0 ? `turned by up to ${rotate.maxDegrees}°` : null,
    zoom.p * (zoom.max - 1) > 0 ? `enlarged up to ${zoom.max} times` : null,
    warp.p * warp.magnitude > 0 ? `tilted in perspective (${warp.magnitude})` : null,
    brightness.p * brightness.max > 0 ? `changed in brightness (${brightness.max})` : null,
    contrast.p * contrast.max > 0 ? `changed in contrast (${contrast.max})` : null,
    flip.p > 0 ? 'mirrored' : null,
    erase.p > 0
      ? `partly erased (up to ${percent(erase.scale[1], 0)} of ${percent(erase.p, 0)} of the images)`
      : null,
  ].filter((way) => way !== null);
  if (ways.length === 0) return 'Training images were used as they are.';
  return `In every epoch each training image was varied at random: ${list(ways)}.`;
}

const resizeWords = { crop: 'cropped', squish: 'stretched', pad: 'padded' } as const;
const resized = ({ resize, size }: ImageRecipe): string =>
  `${resizeWords[resize]} to ${size} × ${size} pixels`;

/** How many of the classes left out of the student's training its teacher was trained on, in this run. */
function knownToTeacher(
  { classes }: RunResult,
  teacher: Recipe['teacher'],
  importReport: ReportData['importReport'],
): number {
  if (teacher.source !== 'train') return 0;
  const { trainClasses } = teacher;
  const hasImages = (id: number) => importReport?.classes[id]?.train !== 0;
  return classes.filter(
    ({ id, seen }) => !seen && hasImages(id) && (trainClasses === 'all' || trainClasses.includes(id)),
  ).length;
}

function dataParagraph(
  result: RunResult,
  { data, teacher }: Recipe,
  importReport: ReportData['importReport'],
): string {
  const { dataset, classes } = result;
  const own = resized(imageOf({ data, teacher }, 'teacher'));
  const teachers = own === resized(data.image) ? '' : `, for the teacher ${own}`;
  const left = classes.filter(({ seen }) => !seen).map(({ name }) => name);
  const names = left.length > 8 ? `${left.slice(0, 8).join(', ')} and ${left.length - 8} more` : list(left);
  const known = knownToTeacher(result, teacher, importReport);
  // A teacher that was trained elsewhere may know them.
  const trained = result.models.baseline ? 'student and baseline' : 'the student';
  const learners = teacher.source === 'train' && known === 0 ? 'the networks' : trained;
  const has = learners === 'the student' ? 'has' : 'have';
  const taught =
    known === 0
      ? ''
      : ` The teacher was trained on ${known < left.length ? `${known} of them` : left.length === 1 ? 'it' : 'them'}.`;
  const leftOut =
    left.length === 0
      ? ''
      : ` ${plural(left.length, 'class')} ${left.length === 1 ? 'was' : 'were'} left out of training (${names}): ${learners} never saw an image of ${left.length === 1 ? 'it' : 'them'}, yet ${has} an output for ${left.length === 1 ? 'it' : 'each'} and ${has === 'has' ? 'is' : 'are'} evaluated on ${left.length === 1 ? 'it' : 'them'} too.${taught}`;
  const held = dataset.validation > 0 ? [`${plural(dataset.validation, 'image')} for validation`] : [];
  return (
    `The images come from “${baseName(dataset.path)}” (format: ${formatName(dataset.format)}): ` +
    `${list([`${plural(dataset.train, 'image')} for training`, ...held, `${plural(dataset.test, 'image')} for testing`])}, in ${plural(classes.length, 'class')}.${leftOut} ` +
    `${splitSentence(data, importReport)} All images were ${resized(data.image)}${teachers}. ` +
    augmentSentence(data.augment)
  );
}

function stageWords({ epochs, freezeTo, learningRate }: StageRecipe, schedule: ScheduleRecipe): string {
  const rate = typeof learningRate === 'number' ? String(learningRate) : learningRate.join('–');
  const frozen =
    freezeTo === 0 ? '' : freezeTo === -1 ? ', only the last layers' : ', the first layers frozen';
  return `${plural(epochs, 'epoch')} (a learning rate ${scheduleWords(schedule, rate, String)}${frozen})`;
}

function trainingWords(training: TrainingRecipe): string {
  const { stages, batchSize, optimizer, schedule, earlyStop, labelSmoothing, ema } = training;
  const stop = earlyStop
    ? ` at most, ending early after ${plural(earlyStop.patience, 'epoch')} without progress`
    : '';
  const smoothing = labelSmoothing > 0 ? `, with labels smoothed by ${labelSmoothing}` : '';
  const clauses = trainingImageClauses(training, String);
  const images = clauses.length > 0 ? `, with ${list(clauses)}` : '';
  const by = optimizerWords(optimizer, String);
  return `${stages.map((stage) => stageWords(stage, schedule)).join(', then ')} in batches of ${batchSize} by ${by}${averageWords(ema, String)}${smoothing}${images}${stop}`;
}

const startWords = (weights: string | null) =>
  weights === null ? 'from scratch' : `starting from ${startPhrase(weights)}`;

const teacherName = ({ models: { teacher } }: RunResult): string =>
  `${teacher.architecture === onnxNetwork ? 'an' : 'a'} ${architectureName(teacher.architecture)}`;

/** Where the teacher does not know all classes. */
function coveredSentence({ models: { teacher }, perClass }: RunResult): string[] {
  const { covers } = teacher;
  return covers ? [`It knows ${covers.length} of the ${plural(perClass.student.length, 'class')}.`] : [];
}

function teacherParagraph({ teacher }: Recipe, result: RunResult): string {
  switch (teacher.source) {
    case 'train':
      return `The teacher, a ${network(teacher.model)}, was trained here ${startWords(teacher.weights)}: ${trainingWords(teacher.training)}.`;
    case 'ensemble': {
      const shares = sharesOf(teacher);
      const members = teacher.members.map(
        (member, k) => `${memberName(member.teacher)} (${(100 * shares[k]!).toFixed(0)} %)`,
      );
      return `${plural(members.length, 'teacher')} taught together, their ${teacher.average} averaged by weight: ${list(members)}.`;
    }
    case 'onnx':
      return [
        `The teacher is the network in the ONNX file “${baseName(teacher.path)}”, trained elsewhere.`,
        ...onnxTeacherSentences(teacher),
        ...coveredSentence(result),
      ].join(' ');
    case 'run':
      return `The teacher, ${teacherName(result)}, is the ${teacher.role} of an earlier run (“${baseName(teacher.path)}”).`;
    case 'weights':
      return `The teacher, a ${network(teacher.model)}, was loaded from “${baseName(teacher.path)}”.`;
  }
}

function distillationParagraph({ distillation, student }: Recipe): string {
  const aims = distillation.terms.map((term) => imitated(term, String));
  const ofTeacher = `the teacher’s ${list(aims)}`;
  const sources = weighsNothing(distillation.labels.weight)
    ? `${ofTeacher} alone`
    : `the labels and from ${ofTeacher}`;
  const learned =
    aims.length === 0
      ? 'It learned from the labels alone'
      : `It learned from ${sources}; the teacher saw the same varied image`;
  return (
    `The student, a ${network(student.model)}, was trained ${startWords(student.weights)}: ${trainingWords(student.training)}. ` +
    `${learned}. Its loss was ${lossFormula(distillation, String)}.`
  );
}

/** What was done, in paragraphs with titles. */
export function storyOf({
  recipe,
  result,
  importReport,
}: Pick<ReportData, 'recipe' | 'result' | 'importReport'>): { title: string; text: string }[] {
  const baseline = result.models.baseline
    ? 'The baseline is the same network, trained on the same images with the same seed and number of steps, but without the teacher. It shows what distillation added.'
    : 'No baseline was trained, so this run does not show what distillation added.';
  return [
    { title: 'Data', text: dataParagraph(result, recipe, importReport) },
    { title: 'Teacher', text: teacherParagraph(recipe, result) },
    { title: 'Student', text: distillationParagraph(recipe) },
    { title: 'Baseline', text: baseline },
  ];
}

export function storySection(data: ReportData): Html {
  return html`<section id="story">
    <h2>What was done</h2>
    ${
      data.recipe.distillation.terms.length === 0
        ? null
        : html`<p>
            A big network, the teacher, learned to recognise the classes. Then a small one, the student,
            learned from the images and from what the teacher made of them: this is knowledge distillation.
            The aim is a student that is nearly as good as its teacher at a fraction of the cost.
          </p>`
    }
    <dl class="story">
      ${storyOf(data).map(
        ({ title, text }) =>
          html`<dt>${title}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </section>`;
}
