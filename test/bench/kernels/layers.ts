import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { outputShapeOf } from '../../../electron/engine/models/describe.ts';
import { networkOf } from '../../../electron/engine/models/index.ts';
import type { Layers, Window } from '../../../electron/engine/models/layers.ts';
import { classes } from '../workload.ts';

/** One convolution of a network, as often as its shape occurs. */
export interface ConvolutionLayer {
  batchSize: number;
  /** Side of the square input and output. */
  inputSize: number;
  outputSize: number;
  inputChannels: number;
  outputChannels: number;
  window: Window;
  depthwise: boolean;
  count: number;
}

/** [side, channels]; side 1 of a vector. */
type FeatureMap = readonly [side: number, channels: number];

/** Without what else a layer has. */
const windowOf = ({ kernel, stride, padding }: Window): Window => ({ kernel, stride, padding });

function recorder(
  record: (layer: Omit<ConvolutionLayer, 'batchSize' | 'count'>) => void,
): Layers<FeatureMap> {
  const convolve = (
    [inputSize, inputChannels]: FeatureMap,
    channels: number,
    window: Window,
    depthwise: boolean,
  ) => {
    const outputSize = outputShapeOf([inputSize, inputSize], window, channels)[0]!;
    record({ inputSize, outputSize, inputChannels, outputChannels: channels, window, depthwise });
    return [outputSize, channels] satisfies FeatureMap;
  };
  const pool = (_: string, [, channels]: FeatureMap): FeatureMap => [1, channels];
  return {
    conv: (_, x, { channels, ...options }) => convolve(x, channels, windowOf(options), false),
    depthwise: (_, x, options) => convolve(x, x[1], windowOf(options), true),
    norm: (_, x, options) => {
      options?.skip?.();
      return x;
    },
    layerNorm: (_, x) => x,
    linear: (_, x, { units }) =>
      x[0] === 1 ? [1, units] : convolve(x, units, { kernel: 1, stride: 1, padding: 0 }, false),
    maxPool: (_, x, options) => [outputShapeOf([x[0], x[0]], options, x[1])[0]!, x[1]],
    globalAveragePool: pool,
    globalMaxPool: pool,
    concat: (a, b) => [a[0], a[1] + b[1]],
    halves: ([side, channels]) => [
      [side, channels / 2],
      [side, channels / 2],
    ],
    shuffle: (x) => x,
    relu: (x) => x,
    nonlinear: (x) => x,
    gate: (x) => x,
    scale: (_, x) => x,
    add: (x) => x,
    dropout: (x) => x,
    stochasticDepth: (x) => x,
    penultimate: (x) => x,
    stage: (_, x) => x,
  };
}

/** The convolutions of a network for square RGB images of `size` pixels, equal ones counted. */
export function convolutionsOf(model: ModelRecipe, size: number, batchSize: number): ConvolutionLayer[] {
  const layers = new Map<string, ConvolutionLayer>();
  const recording = recorder((layer) => {
    const key = JSON.stringify(layer);
    const known = layers.get(key);
    if (known) known.count++;
    else layers.set(key, { ...layer, batchSize, count: 1 });
  });
  networkOf(model, classes).reduce<FeatureMap>((x, section) => section(recording, x), [size, 3]);
  return [...layers.values()];
}

/** 32 x 24 x 24 x 64 -> 64, 3x3, 2. */
export function layerTitle(layer: ConvolutionLayer): string {
  const { batchSize, inputSize, inputChannels, outputChannels, window, depthwise } = layer;
  const { kernel, stride } = window;
  const outputs = depthwise ? 'depthwise' : String(outputChannels);
  return `${batchSize}x${inputSize}x${inputSize}x${inputChannels} -> ${outputs}, ${kernel}x${kernel}, ${stride}`;
}

/** Multiply-accumulates of one pass over the batch; each gradient costs the same. */
export function macsOf(layer: ConvolutionLayer): number {
  const { batchSize, outputSize, inputChannels, outputChannels, window, depthwise } = layer;
  const taps = window.kernel ** 2 * (depthwise ? 1 : inputChannels);
  return batchSize * outputSize ** 2 * outputChannels * taps;
}
