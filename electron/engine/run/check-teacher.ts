import { DistillError } from '../../contract/errors.ts';
import type { Hints } from '../../contract/exported.ts';
import { largest } from '../../contract/extremes.ts';
import type { Recipe } from '../../contract/recipe.ts';
import {
  halfStatistics,
  imagenetStatistics,
  type Statistics,
  unitStatistics,
} from '../../contract/recipe/statistics.ts';
import type { Batch } from '../data/batch.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { predictAll, type PredictOptions, toPredictions } from '../evaluate/predict.ts';
import { knows, predictedClasses as mostProbable } from '../evaluate/predictions.ts';
import { bestOrder, countRight, checkTeacher, type Reading, relabelled } from '../evaluate/teacher-check.ts';
import type { Classifier } from '../models/index.ts';
import { random } from '../numbers/random.ts';
import { orderedLoader, withLoaders } from '../inputs/loaders.ts';
import type { Log } from '../inputs/models.ts';
import type { ReadTeacher } from '../inputs/read-teacher.ts';
import type { PreparedData } from '../data/prepared-data.ts';

/** Enough to recognise a teacher of these classes; a few seconds for a ResNet-34. */
export const mostImages = 300;
/** Above this accuracy nothing else is tried. */
const goodEnough = 0.7;

export interface CheckTeacherOptions {
  model: Classifier;
  /** As the teacher sees the images. */
  recipe: Recipe;
  data: Pick<PreparedData, 'classes' | 'pool' | 'split' | 'test'>;
  /** The order of channels that an ONNX file is fed, which the recipe's hints correct; null: it is no ONNX file. */
  channels: Hints['channels'] | null;
  trials: ReadTeacher['trials'];
  /** Accuracy in the run that it comes from; null: not known. */
  expected: number | null;
  workers: number;
  signal: AbortSignal;
  /** Images of one pass; there may be several. */
  onProgress?: PredictOptions['onProgress'];
  log: Log;
}

/** What to do about a teacher that fits better otherwise. */
interface Advice {
  values: (statistics: Statistics) => string;
  swapped: string;
}

const ofWeights: Advice = {
  values: ({ mean, std }) =>
    `Set data.image.mean to [${mean.join(', ')}] and data.image.std to [${std.join(', ')}].`,
  swapped:
    'Flip the input channels of the first convolution in PyTorch (weight.flip(1)) and save the file again.',
};

const ofOnnx = (channels: Hints['channels']): Advice => ({
  values: ({ mean, std }) =>
    `Set teacher.hints.values to {"mean": [${mean.join(', ')}], "std": [${std.join(', ')}]}.`,
  swapped: `Set teacher.hints.channels to "${channels === 'BGR' ? 'RGB' : 'BGR'}".`,
});

/** Usual normalisations of RGB in [0, 1]. */
const normalisations: readonly (Statistics & { name: string })[] = [
  { name: "ImageNet's", ...imagenetStatistics },
  { name: 'mean and deviation 0.5', ...halfStatistics },
  { name: 'values from 0 to 1', ...unitStatistics },
  { name: 'values from 0 to 255', mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
  { name: "CIFAR-10's", mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  { name: "GTSRB's", mean: [0.3337, 0.3064, 0.3171], std: [0.2672, 0.2564, 0.2629] },
];

type Source = Parameters<typeof predictAll>[1];

/** Batches that are normalised by some statistics, by others, or with the outer channels in place of each other. */
function renormalised(
  source: Source,
  from: Statistics,
  { to = from, isSwapped = false }: { to?: Statistics; isSwapped?: boolean },
): Source {
  const change = (batch: Batch): Batch => {
    const images = new Float32Array(new SharedArrayBuffer(batch.images.byteLength));
    for (let i = 0; i < images.length; i += 3) {
      for (const channel of [0, 1, 2] as const) {
        const other = isSwapped ? ((2 - channel) as 0 | 1 | 2) : channel;
        const value = batch.images[i + other]! * from.std[other] + from.mean[other];
        images[i + channel] = (value - to.mean[channel]) / to.std[channel];
      }
    }
    return { ...batch, images };
  };
  return {
    images: source.images,
    async *epoch(epoch, options) {
      for await (const batch of source.epoch(epoch, options)) yield change(batch);
    },
  };
}

/** Class ids in the order in which torchvision's ImageFolder has folders of such names: as text, by character codes. */
const asText = (names: readonly string[]): number[] => {
  const ids = [...names.keys()];
  return ids.sort((a, b) => (names[a]! < names[b]! ? -1 : Number(names[a]! > names[b]!)));
};

/** Other orders of the classes, applied to the same predictions. */
function otherOrders(predictions: Int32Array, labels: Int32Array, names: readonly string[]): Reading[] {
  const classes = names.length;
  const reading = (
    what: string,
    order: readonly number[],
    hint: string,
    kind: Reading['kind'] = 'order',
  ): Reading => ({
    kind,
    what,
    hint,
    predictions: relabelled(predictions, order),
  });
  const list = (order: readonly number[]) =>
    order
      .slice(0, 4)
      .map((id) => `"${names[id]!}"`)
      .join(', ');
  const name = (order: readonly number[]) =>
    `List the teacher's classes in its own order in teacher.classes, as a list or a file that begins with ${list(order)}.`;
  const ids = asText(names.map((_, id) => String(id)));
  const byName = asText(names);
  const best = bestOrder({ labels, predictions, classes });
  const isOrder = new Set(best).size >= 0.9 * classes;
  return [
    reading(
      "with its classes in the order of their numbers as text (0, 1, 10, 11, 2, ...), as torchvision's ImageFolder has them",
      ids,
      name(ids),
    ),
    reading(
      "with its classes in the order of their names as text, as torchvision's ImageFolder has them",
      byName,
      name(byName),
    ),
    ...(isOrder
      ? [
          reading(
            'with its classes in another order',
            best,
            "List the teacher's classes in its own order in teacher.classes, as a list or a file.",
            'fitted',
          ),
        ]
      : []),
  ];
}

/** The same images, prepared otherwise. */
async function otherImages(
  { recipe, channels, trials }: CheckTeacherOptions,
  plain: Source,
  ask: (source: Source) => Promise<Int32Array>,
): Promise<Reading[]> {
  const { image } = recipe.data;
  const advice = channels === null ? ofWeights : ofOnnx(channels);
  const readings: Reading[] = [];
  for (const { name, ...to } of trials.values ? normalisations : []) {
    if (to.mean.join() === image.mean.join() && to.std.join() === image.std.join()) continue;
    readings.push({
      kind: 'image',
      what: `with another normalisation (${name})`,
      hint: advice.values(to),
      predictions: await ask(renormalised(plain, image, { to })),
    });
  }
  if (trials.channels)
    readings.push({
      kind: 'image',
      what:
        channels === 'BGR'
          ? 'with the channels in the order red, green, blue'
          : 'with the channels in the order blue, green, red, as OpenCV reads them',
      hint: advice.swapped,
      predictions: await ask(renormalised(plain, image, { isSwapped: true })),
    });
  return readings;
}

/**
 * Evaluates a given teacher on held-out images (of the test part where nothing is held out), before anything learns from
 * it. Throws WEIGHTS_MISMATCH with what to do where it is near chance, far below its own run, or surely better when taken in
 * another way.
 */
export async function checkGivenTeacher(options: CheckTeacherOptions): Promise<void> {
  const { model, recipe, data, trials, expected, workers, signal, onProgress, log } = options;
  const isHeldOut = data.split.validation.length > 0;
  const pixels = isHeldOut ? data.pool : data.test;
  refuseUntested(model, data);
  const heldOut = isHeldOut ? data.split.validation : [...data.test.labels.keys()];
  const candidates = heldOut.filter((index) => knows(model, pixels.labels[index]!));
  if (candidates.length === 0) return;
  const indices = spreadOverClasses(
    pixels.labels,
    candidates,
    mostImages,
    random(recipe.seed, 'teacher-check'),
  );
  const names = data.classes.map(({ name }) => name);
  const labels = Int32Array.from(indices, (index) => pixels.labels[index]!);
  const loaders = { plain: orderedLoader(pixels, indices, recipe, null, workers) };
  const { predictions, readings } = await withLoaders(loaders, async ({ plain }) => {
    const ask = async (source: Source) =>
      mostProbable(toPredictions(await predictAll(model, source, { signal, onProgress })));
    const found = await ask(plain);
    const orders = trials.order ? otherOrders(found, labels, names) : [];
    const best = largest(
      [found, ...orders.map((one) => one.predictions)].map((one) => countRight(labels, one)),
    );
    const others = best < goodEnough * labels.length ? await otherImages(options, plain, ask) : [];
    return { predictions: found, readings: [...orders, ...others] };
  });
  const classes = model.covers?.length ?? names.length;
  const verdict = checkTeacher({ labels, predictions, classes, readings, expected });
  if (verdict.kind === 'wrong') throw new DistillError('WEIGHTS_MISMATCH', verdict.message, verdict.hint);
  if (verdict.kind === 'doubtful') log('warn', verdict.message);
  else {
    const images = model.covers
      ? `held-out images of the ${classes} classes that it knows`
      : 'held-out images';
    log('info', `The teacher gets ${verdict.right} of ${labels.length} ${images} right.`);
  }
}

/** Throws WEIGHTS_MISMATCH where no test image is of a class that the teacher knows: nothing could be stated about it. */
function refuseUntested(model: Classifier, { test }: Pick<PreparedData, 'test'>): void {
  if (!model.covers || test.labels.some((label) => knows(model, label))) return;
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `No test image is of one of the ${model.covers.length} classes that the teacher knows.`,
    'Use a teacher that knows classes with test images, or another test part.',
  );
}
