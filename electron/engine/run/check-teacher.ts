import { DistillError } from '../../contract/errors.ts';
import { largest } from '../../contract/extremes.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { TeacherCheckReport } from '../../contract/teacher-check.ts';
import { spreadOverClasses } from '../data/spread.ts';
import { OnnxClassifier } from '../deployed/onnx/classifier.ts';
import { type BatchSource, predictAll, type PredictOptions, toPredictions } from '../evaluate/predict.ts';
import { knows, predictedClasses as mostProbable } from '../evaluate/predictions.ts';
import { countRight, checkTeacher } from '../evaluate/teacher-check.ts';
import type { Classifier } from '../models/index.ts';
import { random } from '../numbers/random.ts';
import { orderedLoader, withLoaders } from '../inputs/loaders.ts';
import type { Log } from '../inputs/models.ts';
import type { ReadTeacher } from '../inputs/read-teacher.ts';
import type { PreparedData } from '../data/prepared-data.ts';
import { otherImages, otherKind, otherOrders } from './teacher-readings.ts';

/** Enough to recognise a teacher of these classes; a few seconds for a ResNet-34. */
export const mostImages = 300;
/** Above this accuracy nothing else is tried. */
const goodEnough = 0.7;

export interface CheckTeacherOptions {
  model: Classifier;
  /** As the teacher sees the images. */
  recipe: Recipe;
  data: Pick<PreparedData, 'classes' | 'pool' | 'split' | 'test'>;
  trials: ReadTeacher['trials'];
  /** Accuracy in the run that it comes from; null: not known. */
  expected: number | null;
  workers: number;
  signal: AbortSignal;
  /** Images of one pass; there may be several. */
  onProgress?: PredictOptions['onProgress'];
}

export type CheckedTeacher = Omit<TeacherCheckReport, 'remarks'>;

/**
 * Evaluates a given teacher on held-out images (of the test part where nothing is held out), before anything learns from
 * it; null: none of them is of a class that it knows. Throws WEIGHTS_MISMATCH where no test image is.
 */
export async function evaluateGivenTeacher(options: CheckTeacherOptions): Promise<CheckedTeacher | null> {
  const { model, recipe, data, trials, expected, workers, signal, onProgress } = options;
  const isHeldOut = data.split.validation.length > 0;
  const pixels = isHeldOut ? data.pool : data.test;
  refuseUntested(model, data);
  const heldOut = isHeldOut ? data.split.validation : [...data.test.labels.keys()];
  const candidates = heldOut.filter((index) => knows(model, pixels.labels[index]!));
  if (candidates.length === 0) return null;
  const indices = spreadOverClasses(
    pixels.labels,
    candidates,
    mostImages,
    random(recipe.seed, 'teacher-check'),
  );
  const names = data.classes.map(({ name }) => name);
  const labels = Int32Array.from(indices, (index) => pixels.labels[index]!);
  const classes = model.covers?.length ?? names.length;
  const images = model.covers ? `held-out images of the ${classes} classes that it knows` : 'held-out images';
  const found = (right: number) => `The teacher gets ${right} of ${labels.length} ${images} right`;
  const loaders = { source: orderedLoader(pixels, indices, recipe, null, workers) };
  return withLoaders(loaders, async ({ source }): Promise<CheckedTeacher> => {
    const ask = async (reader: Classifier, images: BatchSource) =>
      mostProbable(toPredictions(await predictAll(reader, images, { signal, onProgress })));
    const kinds = watchKind(model, source);
    const predictions = await ask(model, kinds.source);
    const other = kinds.other();
    if (other !== null) {
      const { what, hint, remedy } = otherKind(other);
      return {
        verdict: 'wrong',
        message: `${found(countRight(labels, predictions))}, but ${what}.`,
        hint,
        remedy,
      };
    }
    const orders = trials.order ? otherOrders(predictions, labels, names) : [];
    const best = largest(
      [predictions, ...orders.map((one) => one.predictions)].map((one) => countRight(labels, one)),
    );
    const { image } = recipe.data;
    const others =
      best < goodEnough * labels.length ? await otherImages({ model, image, trials, source, ask }) : [];
    const verdict = checkTeacher({
      labels,
      predictions,
      classes,
      readings: [...orders, ...others],
      expected,
    });
    if (verdict.kind === 'fine')
      return { verdict: 'fine', message: `${found(verdict.right)}.`, hint: null, remedy: null };
    const { kind, message, remedy } = verdict;
    return { verdict: kind, message, hint: kind === 'wrong' ? verdict.hint : null, remedy };
  });
}

interface CheckGivenOptions extends CheckTeacherOptions {
  /** Whether it comes from a run on the same dataset: then its classes and images are what they are taken for, and it is only weak. */
  isOfThisDataset: boolean;
  log: Log;
}

/**
 * The same before a run goes on. Throws WEIGHTS_MISMATCH with what to do where the verdict is 'wrong', except of a teacher from a run on
 * the same dataset: there it is a warning.
 */
export async function checkGivenTeacher({
  isOfThisDataset,
  log,
  ...options
}: CheckGivenOptions): Promise<void> {
  const checked = await evaluateGivenTeacher(options);
  if (checked === null) return;
  const { verdict, message, hint } = checked;
  if (verdict === 'wrong' && !isOfThisDataset)
    throw new DistillError('WEIGHTS_MISMATCH', message, hint ?? undefined);
  if (verdict === 'wrong')
    log('warn', `${message} It comes from a run on the same dataset and is used as it is.`);
  else log(verdict === 'doubtful' ? 'warn' : 'info', message);
}

/** Watches whether an ONNX file's outputs, by the first of its batches, are of another kind than they are taken for. */
function watchKind(
  model: Classifier,
  source: BatchSource,
): { source: BatchSource; other: () => 'logits' | 'probabilities' | null } {
  if (!(model instanceof OnnxClassifier)) return { source, other: () => null };
  let shown: ReturnType<OnnxClassifier['shownKind']> | undefined;
  return {
    source: {
      images: source.images,
      async *epoch(epoch, options) {
        for await (const batch of source.epoch(epoch, options)) {
          if (shown === undefined) shown = model.shownKind(batch.images, batch.n);
          yield batch;
        }
      },
    },
    other: () => (shown && shown !== model.facts.gives ? shown : null),
  };
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
