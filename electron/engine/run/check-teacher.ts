import { DistillError } from '../../contract/errors.ts';
import { largest } from '../../contract/extremes.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { Batch } from '../data/batch.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { predictAll, toPredictions } from '../evaluate/predict.ts';
import { predictedClasses as mostProbable } from '../evaluate/predictions.ts';
import { bestOrder, countRight, checkTeacher, type Reading, relabelled } from '../evaluate/teacher-check.ts';
import type { Classifier } from '../models/index.ts';
import { random } from '../numbers/random.ts';
import { orderedLoader, withLoaders } from '../inputs/loaders.ts';
import type { Log } from '../inputs/models.ts';
import type { PreparedData } from '../data/prepared-data.ts';

/** Enough to recognise a teacher of these classes; a few seconds for a ResNet-34. */
const mostImages = 300;
/** Above this accuracy nothing else is tried. */
const goodEnough = 0.7;

export interface CheckTeacherOptions {
  model: Classifier;
  /** As the teacher sees the images. */
  recipe: Recipe;
  data: PreparedData;
  /** Whether it is an ONNX file, whose hints in the recipe correct how it is read. */
  isOnnx: boolean;
  /** Whether its preprocessing is not known and the recipe's was taken. */
  isPreprocessingGuessed: boolean;
  /** Whether the order of its classes is not known and the dataset's was taken. */
  isOrderGuessed: boolean;
  /** Accuracy in the run that it comes from; null: not known. */
  expected: number | null;
  workers: number;
  signal: AbortSignal;
  log: Log;
}

type Statistics = Pick<ImageRecipe, 'mean' | 'std'>;

/** What to do about a teacher that fits better otherwise. */
interface Advice {
  values: (statistics: Statistics) => string;
  blueFirst: string;
}

const ofWeights: Advice = {
  values: ({ mean, std }) =>
    `Set data.image.mean to [${mean.join(', ')}] and data.image.std to [${std.join(', ')}].`,
  blueFirst:
    'Flip the input channels of the first convolution in PyTorch (weight.flip(1)) and save the file again.',
};

const ofOnnx: Advice = {
  values: ({ mean, std }) =>
    `Set teacher.hints.values to {"mean": [${mean.join(', ')}], "std": [${std.join(', ')}]}.`,
  blueFirst: 'Set teacher.hints.channels to "BGR".',
};

/** Usual normalisations of RGB in [0, 1]. */
const normalisations: readonly (Statistics & { name: string })[] = [
  { name: "ImageNet's", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  { name: 'mean and deviation 0.5', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  { name: 'values from 0 to 1', mean: [0, 0, 0], std: [1, 1, 1] },
  { name: 'values from 0 to 255', mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
  { name: "CIFAR-10's", mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  { name: "GTSRB's", mean: [0.3337, 0.3064, 0.3171], std: [0.2672, 0.2564, 0.2629] },
];

type Source = Parameters<typeof predictAll>[1];

/** The batches with blue first, as OpenCV reads images. */
function blueFirst(source: Source, { mean, std }: ImageRecipe): Source {
  const swapped = (batch: Batch): Batch => {
    const images = new Float32Array(new SharedArrayBuffer(batch.images.byteLength));
    for (let i = 0; i < images.length; i += 3) {
      for (const channel of [0, 1, 2] as const) {
        const other = (2 - channel) as 0 | 1 | 2;
        const value = batch.images[i + other]! * std[other] + mean[other];
        images[i + channel] = (value - mean[channel]) / std[channel];
      }
    }
    return { ...batch, images };
  };
  return {
    images: source.images,
    async *epoch(epoch, options) {
      for await (const batch of source.epoch(epoch, options)) yield swapped(batch);
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

/**
 * Evaluates a given teacher on held-out images (of the test part where nothing is held out), before anything learns from
 * it. Throws WEIGHTS_MISMATCH with what to do where it is near chance, far below its own run, or surely better when taken in
 * another way.
 */
export async function checkGivenTeacher(options: CheckTeacherOptions): Promise<void> {
  const { model, recipe, data, expected, workers, signal, log } = options;
  const isHeldOut = data.split.validation.length > 0;
  const pixels = isHeldOut ? data.pool : data.test;
  const candidates = isHeldOut ? data.split.validation : [...data.test.labels.keys()];
  if (candidates.length === 0) return;
  const indices = spreadOverClasses(
    pixels.labels,
    candidates,
    mostImages,
    random(recipe.seed, 'teacher-check'),
  );
  const names = data.classes.map(({ name }) => name);
  const ask = (image: ImageRecipe, change: (source: Source) => Source = (source) => source) =>
    withLoaders(
      {
        plain: orderedLoader(pixels, indices, { ...recipe, data: { ...recipe.data, image } }, null, workers),
      },
      async ({ plain }) => mostProbable(toPredictions(await predictAll(model, change(plain), { signal }))),
    );
  const labels = Int32Array.from(indices, (index) => pixels.labels[index]!);
  const { image } = recipe.data;
  const advice = options.isOnnx ? ofOnnx : ofWeights;
  const predictions = await ask(image);
  const readings: Reading[] = options.isOrderGuessed ? otherOrders(predictions, labels, names) : [];
  const best = largest(
    [predictions, ...readings.map((one) => one.predictions)].map((one) => countRight(labels, one)),
  );
  if (options.isPreprocessingGuessed && best < goodEnough * labels.length) {
    for (const { name, mean, std } of normalisations) {
      if (mean.join() === image.mean.join() && std.join() === image.std.join()) continue;
      const what = `with another normalisation (${name})`;
      readings.push({
        kind: 'image',
        what,
        hint: advice.values({ mean, std }),
        predictions: await ask({ ...image, mean, std }),
      });
    }
    readings.push({
      kind: 'image',
      what: 'with the channels in the order blue, green, red, as OpenCV reads them',
      hint: advice.blueFirst,
      predictions: await ask(image, (source) => blueFirst(source, image)),
    });
  }
  const verdict = checkTeacher({ labels, predictions, classes: names.length, readings, expected });
  if (verdict.kind === 'wrong') throw new DistillError('WEIGHTS_MISMATCH', verdict.message, verdict.hint);
  if (verdict.kind === 'doubtful') log('warn', verdict.message);
  else log('info', `The teacher gets ${verdict.right} of ${labels.length} held-out images right.`);
}
