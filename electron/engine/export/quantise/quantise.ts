import { largest } from '../../../contract/extremes.ts';
import type { Calibration } from '../calibration.ts';
import { accuracy as accuracyOf, confusionMatrix } from '../../evaluate/confusion.ts';
import { logLoss as logLossOf } from '../../evaluate/metrics.ts';
import type { Predictions } from '../../evaluate/predictions.ts';
import { float32 } from '../onnx/precision.ts';
import { int8 } from '../onnx/int8.ts';
import { onnxFile } from '../onnx/write.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { activationSteps } from './activation-steps.ts';
import type { ActivationRanges } from './affine.ts';
import { type CalibrationMethod, calibrations } from './calibrations.ts';
import { leastFloat } from './accuracy-control.ts';
import { observe, rangesBy } from './observe.ts';
import { predictFile } from './onnx-file.ts';

/** On the images that were held out of the calibration. */
export interface HeldScores {
  /** Share of the images. */
  accuracy: number;
  logLoss: number;
}

export interface Quantisation {
  /** Of the values of the network's graph. */
  ranges: ActivationRanges;
  calibration: CalibrationMethod;
  /** Operators that stay in float so that the loss is within the limit; in the order of the graph. */
  float: readonly string[];
  /** Of the network in float, with everything in int8 by each calibration, and as it is quantised. */
  scores: Record<'float' | CalibrationMethod | 'quantised', HeldScores>;
  /** What was decided, a sentence each. */
  notes: readonly string[];
}

export interface QuantiseOptions {
  /** Share of the held images' accuracy that may be lost. */
  maxLoss: number;
  signal?: AbortSignal | undefined;
  /** Images done, those that pass more than once counted so. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Accuracies that differ by less are equal: then the log loss, which sees every probability, decides. */
const sameAccuracy = 0.001;

const scoresOf = (predictions: Predictions): HeldScores => ({
  accuracy: accuracyOf(confusionMatrix(predictions)),
  logLoss: logLossOf(predictions),
});

const methods = Object.keys(calibrations) as CalibrationMethod[];

/** The calibration that loses least. */
export function bestCalibration(scores: Readonly<Record<CalibrationMethod, HeldScores>>): CalibrationMethod {
  const highest = largest(methods.map((method) => scores[method].accuracy));
  return methods
    .filter((method) => scores[method].accuracy > highest - sameAccuracy)
    .reduce((best, method) => (scores[method].logLoss < scores[best].logLoss ? method : best));
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const described = ({ accuracy, logLoss }: HeldScores): string =>
  `${percent(accuracy)}, log loss ${logLoss.toFixed(4)}`;

function notesOf(
  { calibration, float, scores }: Omit<Quantisation, 'ranges' | 'notes'>,
  { images, held, notes }: Calibration,
  maxLoss: number,
): string[] {
  const others = methods.filter((method) => method !== calibration);
  const points = (share: number): string => `${(100 * share).toFixed(2)} points`;
  return [
    ...notes,
    `Calibrated by ${calibration} on ${images.n} training images. On ${held.n} held images: float ${described(scores.float)}; int8 by ${[calibration, ...others].map((method) => `${method} ${described(scores[method])}`).join('; by ')}.`,
    ...(float.length > 0
      ? [
          `With everything in int8 it would lose ${points(scores.float.accuracy - scores[calibration].accuracy)}, more than the limit of ${points(maxLoss)}: ${float.join(', ')} ${float.length === 1 ? 'stays' : 'stay'} in float, with which it reaches ${percent(scores.quantised.accuracy)}.`,
        ]
      : []),
  ];
}

/** Images that pass through a network, each as often as it does: twice for the ranges, once in float and by each calibration for the loss. */
export const calibrationImages = (calibrated: number, held: number): number =>
  2 * calibrated + (1 + methods.length) * held;

/**
 * Quantises a network: the calibration with the least loss on the held images, and as few operators in float as keep the loss
 * within the limit. Throws INVALID_INPUT where the network's values are not finite, CANCELLED.
 */
export async function quantise(
  network: TrainedNetwork,
  calibration: Calibration,
  { maxLoss, signal, onProgress }: QuantiseOptions,
): Promise<Quantisation> {
  const { images, held } = calibration;
  const total = calibrationImages(images.n, held.n);
  let before = 0;
  const work = { signal, onImages: (done: number) => onProgress?.(Math.min(before + done, total), total) };
  const observed = await observe(network, images, work);
  before += 2 * images.n;

  const classes = network.classes.length;
  const predict = async (bytes: Uint8Array, of = held): Promise<Predictions> => {
    const predictions = await predictFile(bytes, of, classes, work);
    before += of.n;
    return predictions;
  };
  const file = (ranges: ActivationRanges, float: ReadonlySet<string> = new Set()): Uint8Array =>
    onnxFile(network, {
      input: 'image',
      precision: int8(network.graph, { steps: activationSteps(network.graph, ranges), float }),
    });

  const inFloat = await predict(onnxFile(network, { input: 'image', precision: float32 }));
  const rangesOf = new Map(methods.map((method) => [method, rangesBy(method, observed, network)]));
  const scores = {} as Record<CalibrationMethod, HeldScores>;
  for (const method of methods) scores[method] = scoresOf(await predict(file(rangesOf.get(method)!)));
  const best = bestCalibration(scores);
  const ranges = rangesOf.get(best)!;

  const floatScores = scoresOf(inFloat);
  const control = await leastFloat({
    operators: network.graph.operators.map(({ name }) => name),
    reference: inFloat,
    all: scores[best],
    isEnough: ({ accuracy }) => floatScores.accuracy - accuracy <= maxLoss,
    held,
    predict: (float, of) => predict(file(ranges, float), of),
    scoresOf,
  });
  const result = {
    calibration: best,
    float: control.float,
    scores: { float: floatScores, ...scores, quantised: control.scores },
  };
  return { ...result, ranges, notes: notesOf(result, calibration, maxLoss) };
}
