import type { ImageRecipe } from '../../contract/recipe/image.ts';
import type { NetworkHints } from '../../contract/recipe/network-hints.ts';
import {
  halfStatistics,
  imagenetStatistics,
  sameStatistics,
  type Statistics,
  unitStatistics,
} from '../../contract/recipe/statistics.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import type { BatchSource } from '../evaluate/predict.ts';
import { bestOrder, type Reading, relabelled } from '../evaluate/teacher-check.ts';
import type { ReadTeacher } from '../inputs/read-teacher.ts';
import type { Classifier } from '../models/index.ts';

type Advice = Pick<Reading, 'hint' | 'remedy'>;

const hints = (set: Partial<NetworkHints>): Advice => {
  const words = Object.entries(set).map(
    ([name, value]) => `Set teacher.hints.${name} to ${JSON.stringify(value)}.`,
  );
  return { hint: words.join(' '), remedy: { hints: set } };
};

/** Usual normalisations of RGB in [0, 1]; `values`: as an ONNX file's hints have them. */
const normalisations: readonly { name: string; to: Statistics; values?: 'pixels' | 'unit' }[] = [
  { name: "ImageNet's", to: imagenetStatistics },
  { name: 'mean and deviation 0.5', to: halfStatistics },
  { name: 'values from 0 to 1', to: unitStatistics, values: 'unit' },
  {
    name: 'values from 0 to 255',
    to: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
    values: 'pixels',
  },
  { name: "CIFAR-10's", to: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] } },
  { name: "GTSRB's", to: { mean: [0.3337, 0.3064, 0.3171], std: [0.2672, 0.2564, 0.2629] } },
];

const normalisationAdvice = (isOnnx: boolean, { to, values }: (typeof normalisations)[number]): Advice =>
  isOnnx
    ? hints({ values: values ?? to })
    : {
        hint: `Set teacher.image.mean to [${to.mean.join(', ')}] and teacher.image.std to [${to.std.join(', ')}].`,
        remedy: { image: to },
      };

/** Batches with other values of the same images; `change` gives those of a batch. */
const changed = (
  source: BatchSource,
  change: (images: Float32Array, to: Float32Array) => void,
): BatchSource => ({
  images: source.images,
  async *epoch(epoch, options) {
    for await (const batch of source.epoch(epoch, options)) {
      const images = new Float32Array(new SharedArrayBuffer(batch.images.byteLength));
      change(batch.images, images);
      yield { ...batch, images };
    }
  },
});

/** Normalised by other statistics. */
const renormalised = (source: BatchSource, from: Statistics, to: Statistics): BatchSource =>
  changed(source, (images, next) => {
    for (let i = 0; i < images.length; i++) {
      const channel = i % 3;
      const value = images[i]! * from.std[channel]! + from.mean[channel]!;
      next[i] = (value - to.mean[channel]!) / to.std[channel]!;
    }
  });

/** With the outer channels in place of each other, as the advice has the network take them. */
const swapped = (source: BatchSource): BatchSource =>
  changed(source, (images, next) => {
    for (let i = 0; i < images.length; i++) next[i] = images[i + 2 - 2 * (i % 3)]!;
  });

/** Class ids in the order in which torchvision's ImageFolder has folders of such names: as text, by character codes. */
const asText = (names: readonly string[]): number[] => {
  const ids = [...names.keys()];
  return ids.sort((a, b) => (names[a]! < names[b]! ? -1 : Number(names[a]! > names[b]!)));
};

/** Other orders of the classes, applied to the same predictions. */
export function otherOrders(
  predictions: Int32Array,
  labels: Int32Array,
  names: readonly string[],
): Reading[] {
  const classes = names.length;
  const reading = (kind: Reading['kind'], what: string, order: readonly number[], begins = ''): Reading => ({
    kind,
    what,
    hint: `Set teacher.classes to the class names in the teacher's own order${begins}: a list, or a file with one name per line.`,
    // Where two outputs would have one name, it is no list of classes.
    remedy: new Set(order).size === classes ? { classes: order.map((id) => names[id]!) } : null,
    predictions: relabelled(predictions, order),
  });
  const known = (what: string, order: readonly number[]) => {
    const first = order.slice(0, 4).map((id) => `"${names[id]!}"`);
    return reading('order', what, order, `, which begins with ${first.join(', ')}`);
  };
  const best = bestOrder({ labels, predictions, classes });
  const isOrder = new Set(best).size >= 0.9 * classes;
  return [
    known(
      "with its classes in the alphabetical order of their numbers (0, 1, 10, 11, 2, ...), as in torchvision's ImageFolder",
      asText(names.map((_, id) => String(id))),
    ),
    known(
      "with its classes in the alphabetical order of their names, as in torchvision's ImageFolder",
      asText(names),
    ),
    ...(isOrder ? [reading('fitted', 'with its classes in another order', best)] : []),
  ];
}

export interface OtherImages {
  model: Classifier;
  /** How it sees the images. */
  image: ImageRecipe;
  trials: Pick<ReadTeacher['trials'], 'values' | 'channels'>;
  source: BatchSource;
  /** Its most probable class of each image. */
  ask: (model: Classifier, source: BatchSource) => Promise<Int32Array>;
}

/** The same images, prepared otherwise. */
export async function otherImages({ model, image, trials, source, ask }: OtherImages): Promise<Reading[]> {
  const onnx = model instanceof OnnxClassifier ? model : null;
  const readings: Reading[] = [];
  const add = async (what: string, advice: Advice, source: BatchSource, reader = model) => {
    readings.push({ kind: 'image', what, ...advice, predictions: await ask(reader, source) });
  };
  for (const one of trials.values ? normalisations : [])
    if (!sameStatistics(one.to, image))
      await add(
        `with another normalisation (${one.name})`,
        normalisationAdvice(onnx !== null, one),
        renormalised(source, image, one.to),
      );
  if (trials.channels) {
    const isBlueFirst = onnx?.facts.input.channels === 'BGR';
    await add(
      isBlueFirst
        ? 'with the channels in the order red, green, blue'
        : 'with the channels in the order blue, green, red, as OpenCV reads them',
      onnx
        ? hints({ channels: isBlueFirst ? 'RGB' : 'BGR' })
        : {
            hint: 'Flip the input channels of the first convolution in PyTorch (weight.flip(1)) and save the file again.',
            remedy: null,
          },
      swapped(source),
    );
  }
  const layout = onnx?.facts.otherLayout ?? null;
  if (onnx && layout !== null) {
    const place = layout === 'NCHW' ? 'before' : 'after';
    const what = `with the channels ${place} the places (${layout})`;
    await add(what, hints({ layout }), source, onnx.inLayout(layout));
  }
  return readings;
}

/** Outputs of another kind than they are taken for: what shows it, and what to do. */
export function otherKind(shown: NetworkHints['gives']): Advice & { what: string } {
  const what =
    shown === 'probabilities'
      ? 'its outputs are taken for logits, but none is below 0 and those of each image sum to 1: they are probabilities'
      : 'its outputs are taken for probabilities, but some are below 0 or above 1: they are logits';
  return { what, ...hints({ gives: shown }) };
}
