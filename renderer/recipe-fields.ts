import { architectureNames } from '../electron/contract/architectures.ts';
import { methodLabels, numberFields } from '../electron/contract/methods.ts';
import { optimizerLabels, optimizerNumbers } from '../electron/contract/optimizers.ts';
import { scheduleLabels, scheduleNumbers } from '../electron/contract/schedules.ts';
import { weightAverageField } from '../electron/contract/weight-average.ts';
import { noFigure } from './format.ts';
import { headNames, resizeNames, splitNames, stemNames } from './names.ts';

/**
 * What the recipe's fields are called where people read them, by `fieldKey`.
 */
const labels: Record<string, string> = {
  name: 'Name',
  seed: 'Seed',
  version: 'Version',
  baseline: 'Baseline',
  exports: 'Exported at the end',
  'data.path': 'Dataset path',
  'data.classNames': 'Class names (optional)',
  'data.reading.parts': 'Folders and their parts',
  'data.reading.columns.file': 'Column of the file',
  'data.reading.columns.label': 'Column of the class',
  'data.reading.columns.part': 'Column of the part',
  'data.dropLeaks': 'Leave out pictures that are also in validation or test',
  'data.trainClasses': 'Classes to train on',
  'data.unlabelled': 'Unlabelled images',
  'data.unlabelled.paths': 'Folders of unlabelled images',
  'data.unlabelled.share': 'Share of a batch without labels',
  'data.testFraction': 'Share held out for testing',
  'data.split.method': 'Held out for validation',
  'data.split.fraction': 'Share held out',
  'data.split.seed': 'Seed of the division',
  'data.image.size': 'Side of the square',
  'data.image.resize': 'How images that are not square are fitted',
  'data.image.mean': 'Mean of the channels',
  'data.image.std': 'Standard deviation of the channels',
  'data.augment': 'Augmentation',
  'data.augment.rotate.maxDegrees': 'Rotation',
  'data.augment.rotate.p': 'Share rotated',
  'data.augment.zoom.max': 'Zoom',
  'data.augment.zoom.p': 'Share zoomed',
  'data.augment.warp.magnitude': 'Perspective',
  'data.augment.warp.p': 'Share tilted',
  'data.augment.brightness.max': 'Brightness',
  'data.augment.brightness.p': 'Share relit',
  'data.augment.contrast.max': 'Contrast',
  'data.augment.contrast.p': 'Share with changed contrast',
  'data.augment.flip.p': 'Share mirrored',
  'data.augment.erase.scale': 'Erased area',
  'data.augment.erase.scale[0]': 'Smallest erased area',
  'data.augment.erase.scale[1]': 'Largest erased area',
  'data.augment.erase.ratio': 'Shape of the erased area',
  'data.augment.erase.fill': 'Filled with',
  'data.augment.erase.p': 'Share erased',
  source: 'Where it comes from',
  path: 'File or folder',
  role: 'Model used as the teacher',
  classes: 'Order of its classes (optional)',
  average: 'What is averaged',
  members: 'Teachers',
  'members[].weight': 'Weight of the teacher',
  features: 'Tensors of its stages',
  'image.size': 'Image size of the teacher',
  'image.resize': "How the teacher's images are made square",
  'image.mean': "Mean of the teacher's channels",
  'image.std': "Standard deviation of the teacher's channels",
  'hints.size': 'Side of its images',
  'hints.resize': 'How its images are made square',
  'hints.values': 'Values that it takes',
  'hints.values.mean': 'Mean of its channels',
  'hints.values.std': 'Standard deviation of its channels',
  'hints.channels': 'Order of its channels',
  'hints.layout': 'Order of its axes',
  'hints.gives': 'What its outputs are',
  trainClasses: 'Classes to train on',
  weights: 'Initial weights (optional)',
  'model.architecture': 'Architecture',
  'model.width': 'Width',
  'model.depth': 'Depth',
  'model.stem': 'Stem',
  'model.head': 'Head',
  'training.batchSize': 'Batch size',
  'training.stages': 'Stages',
  'training.stages[].epochs': 'Epochs',
  'training.stages[].freezeTo': 'Frozen groups',
  'training.stages[].learningRate': 'Peak rate',
  'training.stages[].learningRate[0]': "First group's rate",
  'training.stages[].learningRate[1]': "Last group's rate",
  'training.optimizer.name': 'Optimiser',
  'training.optimizer.nesterov': "Nesterov's momentum",
  'training.schedule.name': 'Schedule',
  'training.schedule.milestones': 'Milestones',
  'training.schedule.momentum[0]': 'Momentum at the start',
  'training.schedule.momentum[1]': 'Momentum at the peak',
  'training.schedule.momentum[2]': 'Momentum at the end',
  'training.ema': weightAverageField.label,
  'training.clipNorm': 'Clip gradients at norm',
  'training.labelSmoothing': 'Label smoothing',
  'training.classWeights': 'Weights of classes',
  'training.classWeights.by': 'Weights of classes',
  'training.classWeights.beta': 'β of the effective number',
  'training.classWeights.weights': 'Own weights of classes',
  'training.sampling': 'Images of a class in an epoch',
  'training.mixing': 'Mixed images',
  'training.mixing.mixup.alpha': "Mixup's α",
  'training.mixing.mixup.p': 'Share of batches with mixup',
  'training.mixing.cutmix.alpha': "CutMix's α",
  'training.mixing.cutmix.p': 'Share of batches with CutMix',
  'training.earlyStop': 'Stop early after',
  'training.earlyStop.patience': 'Stop early after',
  'distillation.labels.weight': 'Weight of the label loss',
  'distillation.terms': 'Terms',
  'distillation.terms[].method': 'Method',
  'distillation.terms[].weight': 'Weight',
  'distillation.weight.schedule': 'Shape of the change',
  'distillation.weight.value': 'Weight',
  'distillation.weight.warmup': 'Epochs of warm-up',
  'distillation.weight.from': 'Weight at the start',
  'distillation.weight.to': 'Weight at the end',
  'distillation.weight.epochs': 'Epochs until then',
  'distillation.terms[].standardise': 'Standardise logits',
  'distillation.terms[].student': "Student's stage",
  'distillation.terms[].teacher': "Teacher's stage",
  'distillation.terms[].stages': 'Pairs of stages',
  'evaluation.batchSize': 'Batch size',
  'evaluation.tta.counts': 'Numbers of copies',
  'evaluation.tta.beta': 'Weight of the plain image',
  'evaluation.expectedShares': 'Expected shares of the classes',
  ...Object.fromEntries(
    Object.entries(numberFields).map(([name, { label }]) => [`distillation.terms[].${name}`, label]),
  ),
  ...Object.fromEntries(
    Object.entries(optimizerNumbers).map(([name, { label }]) => [`training.optimizer.${name}`, label]),
  ),
  ...Object.fromEntries(
    Object.entries(scheduleNumbers).map(([name, { label }]) => [`training.schedule.${name}`, label]),
  ),
};

/** What a label needs beside it where fields of several sections stand together, by the path's beginning. */
const sections: readonly [RegExp, string][] = [
  [/^teacher\./, 'Teacher'],
  [/^student\./, 'Student'],
  [/^data\.split\./, 'Split'],
  [/^data\.image\./, 'Images'],
  [/^data\.augment\./, 'Augmentation'],
  [/^distillation\./, 'Distillation'],
  [/^evaluation\.tta\./, 'Test-time augmentation'],
  [/^evaluation\./, 'Evaluation'],
];

/**
 * A field's path without what many share: the network's role, the place of a teacher among several, the number of the stage or term, the term that a pair of stages or a
 * schedule belongs to.
 */
export const fieldKey = (path: string): string =>
  path
    .replace(/^teacher\.members\[\d+\]\.teacher\./, '')
    .replace(/^teacher\.members\[\d+\]/, 'members[]')
    .replace(/^(teacher|student)\./, '')
    .replace(/^training\.stages\[\d+\]/, 'training.stages[]')
    .replace(/^distillation\.terms\[\d+\](\.stages\[\d+\])?/, 'distillation.terms[]')
    .replace(/^distillation\.(labels|terms\[\])\.weight\./, 'distillation.weight.');

/** `path` with its last part cut off; '' where there is only one. */
export const parentOf = (path: string): string => path.replace(/\.?[^.[]+$|\[\d+\]$/, '');

/** The label of a field, e.g. `student.training.stages[0].epochs`; of the nearest field around it where it has none of its own. */
export function fieldLabel(path: string): string {
  for (let key = fieldKey(path); key !== ''; key = parentOf(key)) {
    const label = labels[key];
    if (label !== undefined) return label;
  }
  return path;
}

/** The label with its section before it: `Student, stage 1: Epochs`. That a field may be left out matters only where it is filled in. */
export function fieldTitle(path: string): string {
  const section = sections.find(([beginning]) => beginning.test(path))?.[1];
  const numbered = [
    ['teacher', /\.members\[(\d+)\]/],
    ['term', /\.terms\[(\d+)\]/],
    ['stage', /training\.stages\[(\d+)\]/],
    ['pair', /\.terms\[\d+\]\.stages\[(\d+)\]/],
  ] as const;
  const places = numbered.flatMap(([name, pattern]) => {
    const index = pattern.exec(path)?.[1];
    return index === undefined ? [] : [`${name} ${Number(index) + 1}`];
  });
  const where = [section, ...places].filter((part) => part !== undefined).join(', ');
  const label = fieldLabel(path).replace(/ \(optional\)$/, '');
  return where === '' ? label : `${where}: ${label}`;
}

const words: readonly [RegExp, Record<string, string>][] = [
  [/\.model\.architecture$/, architectureNames],
  [/\.model\.stem$/, stemNames],
  [/\.model\.head$/, headNames],
  [/^(data|teacher)\.image\.resize$/, resizeNames],
  [/^data\.split\.method$/, splitNames],
  [/^distillation\.terms\[\d+\]\.method$/, methodLabels],
  [/\.optimizer\.name$/, optimizerLabels],
  [/\.schedule\.name$/, scheduleLabels],
];

/** What null stands for, where it is not that there is none. */
const nulls: readonly [RegExp, string][] = [
  [/\.model\.width$/, "the architecture's own"],
  [/^teacher\.image\./, 'none of its own'],
];

/** A field's value as people read it, a list's with commas; undefined: the recipe has no such field. */
export function fieldValue(path: string, value: string | number | boolean | null | undefined): string {
  if (value === undefined) return noFigure;
  if (value === null) return nulls.find(([field]) => field.test(path))?.[1] ?? 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = String(value);
  if (text === '') return 'none';
  return words.find(([field]) => field.test(path))?.[1][text] ?? text;
}
