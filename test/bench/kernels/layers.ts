import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import { networkOf } from '../../../electron/engine/models/index.ts';
import type { Layers, Window } from '../../../electron/engine/models/layers.ts';

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

const slide = (side: number, { kernel, stride, padding }: Window): number =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;

function recorder(
  record: (layer: Omit<ConvolutionLayer, 'batchSize' | 'count'>) => void,
): Layers<FeatureMap> {
  const convolve = (
    [inputSize, inputChannels]: FeatureMap,
    channels: number,
    window: Window,
    depthwise: boolean,
  ) => {
    const outputSize = slide(inputSize, window);
    record({ inputSize, outputSize, inputChannels, outputChannels: channels, window, depthwise });
    return [outputSize, channels] satisfies FeatureMap;
  };
  const pool = (_: string, [, channels]: FeatureMap): FeatureMap => [1, channels];
  return {
    conv: (_, x, { channels, ...window }) => convolve(x, channels, window, false),
    depthwise: (_, x, window) => convolve(x, x[1], window, true),
    norm: (_, x, options) => {
      options?.skip?.();
      return x;
    },
    linear: (_, __, { units }) => [1, units],
    maxPool: (_, [side, channels], window) => [slide(side, window), channels],
    globalAveragePool: pool,
    globalMaxPool: pool,
    concat: (a, b) => [1, a[1] + b[1]],
    relu: (x) => x,
    dropout: (x) => x,
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
  networkOf(model, 2).reduce<FeatureMap>((x, section) => section(recording, x), [size, 3]);
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
