import { DistillError } from '../../../contract/errors.ts';
import { largest, smallest } from '../../../contract/extremes.ts';
import { encodeModel } from '../../backend/onnx/encode.ts';
import type { LabelledImages } from '../../data/labelled-images.ts';
import { inputName } from '../../models/inference/graph.ts';
import { NamedGraph } from '../onnx/named-graph.ts';
import { addNetwork } from '../onnx/operators.ts';
import { float32 } from '../onnx/precision.ts';
import { addInput } from '../onnx/preprocessing.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import type { ActivationRanges, Range } from './affine.ts';
import { type CalibrationMethod, calibrations, ObservedValue } from './calibrations.ts';
import { eachBatch, type Work } from './batches.ts';
import { OnnxFile } from './onnx-file.ts';

/** Images at a time: all values of a network are held at once. */
const batchSize = 16;

/** The float network with all values of its graph as outputs, and their names in the file by those in the graph. */
function fileOfValues(network: TrainedNetwork): { bytes: Uint8Array; names: ReadonlyMap<string, string> } {
  const graph = new NamedGraph();
  const image = addInput(graph, network, 'image', 'batch');
  const names = addNetwork(graph, network, float32, { image, logits: 'logits' });
  for (const name of names.values()) graph.output({ name, type: 'float32', dims: null });
  return { bytes: encodeModel(graph.model({ opset: 17, name: 'values' })), names };
}

/** What a pixel can become, whatever the images hold. */
function imageRange({ image: { mean, std } }: TrainedNetwork): Range {
  const ends = [0, 1].flatMap((value) => mean.map((m, channel) => (value - m) / std[channel]!));
  return { min: smallest(ends), max: largest(ends) };
}

function rangeOf(values: Float32Array, before: Range = { min: 0, max: 0 }): Range {
  let { min, max } = before;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    // Neither of the two sees it.
    if (Number.isNaN(value)) return { min: NaN, max: NaN };
  }
  return { min, max };
}

/**
 * What every value of the network's graph takes on over the images, by the network in float. They are passed twice: for the
 * ranges, and for the histograms. Throws INVALID_INPUT where a value is not finite, CANCELLED.
 */
export async function observe(
  network: TrainedNetwork,
  images: LabelledImages,
  { signal, onImages }: Work = {},
): Promise<Map<string, ObservedValue>> {
  const { bytes, names } = fileOfValues(network);
  const file = await OnnxFile.open(bytes);
  const pass = (done: number, see: (value: string, values: Float32Array) => void) =>
    eachBatch(images, batchSize, { signal, onImages: (n) => onImages?.(done + n) }, async (pixels, n) => {
      const outputs = await file.run(pixels, n, network.image.size);
      for (const [value, name] of names) see(value, outputs[name]!);
    });
  try {
    const ranges = new Map<string, Range>();
    await pass(0, (value, values) => ranges.set(value, rangeOf(values, ranges.get(value))));
    for (const [value, { min, max }] of ranges)
      if (!Number.isFinite(max - min))
        throw new DistillError(
          'INVALID_INPUT',
          `The network's value "${value}" is not finite for some images: it cannot be quantised.`,
          'Export a float format, or train the network again.',
        );
    const observed = new Map(Array.from(ranges, ([value, range]) => [value, new ObservedValue(range)]));
    await pass(images.n, (value, values) => observed.get(value)!.add(values));
    return observed;
  } finally {
    await file.close();
  }
}

/**
 * The ranges by a way of finding them. No pixel is cut off, whatever the images hold, and no logit: nothing comes after them by
 * which the loss of that could be measured.
 */
export const rangesBy = (
  method: CalibrationMethod,
  observed: ReadonlyMap<string, ObservedValue>,
  network: TrainedNetwork,
): ActivationRanges =>
  new Map(
    Array.from(observed, ([value, one]) => {
      if (value === inputName) return [value, imageRange(network)];
      return [value, value === network.graph.output ? one.range : calibrations[method](one)];
    }),
  );
