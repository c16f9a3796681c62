import { convInfo } from '../../../electron/engine/backend/onnxruntime/kernels/convolution/geometry.ts';
import {
  emitConvolution,
  emitFilterGradient,
  emitInputGradient,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/index.ts';
import {
  filterGradientWay,
  type FilterGradientWay,
  forwardWay,
  type ForwardWay,
  inputGradientWay,
  type InputGradientWay,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/ways.ts';
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/depthwise.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import { blockSize } from '../../../electron/engine/backend/onnxruntime/block-size.ts';
import type { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import type { Value } from '../../../electron/engine/backend/onnxruntime/layout.ts';
import type { ConvolutionLayer } from './layers.ts';

/** What a training step asks of a convolution, with the tensors it is given, in order. */
export const passes = {
  forward: ['image', 'filter'],
  'input gradient': ['gradient', 'filter'],
  'filter gradient': ['image', 'gradient'],
} as const;

export type Pass = keyof typeof passes;
export type Operand = (typeof passes)[Pass][number];

const layouts = ['plain', 'blocked'] as const;
type Layout = (typeof layouts)[number];

/** One formulation of one pass. */
export interface Way {
  name: string;
  pass: Pass;
  /** How images and gradients arrive; filters are always plain. */
  layout: Layout;
  serves: (layer: ConvolutionLayer) => boolean;
  /** Whether the backend takes this one for the layer. */
  isChosen: (emitter: Emitter, layer: ConvolutionLayer) => boolean;
  /** Adds the pass to a graph; operands in the pass's order. The result stays in the layout in which it is made. */
  emit: (emitter: Emitter, operands: readonly Value[], layer: ConvolutionLayer) => Value;
}

/** Shapes of a layer's tensors as tfjs has them. */
export function shapeOf(operand: Operand, layer: ConvolutionLayer): number[] {
  const { batchSize, inputSize, outputSize, inputChannels, outputChannels, window, depthwise } = layer;
  switch (operand) {
    case 'image':
      return [batchSize, inputSize, inputSize, inputChannels];
    case 'gradient':
      return [batchSize, outputSize, outputSize, outputChannels];
    case 'filter':
      return [window.kernel, window.kernel, inputChannels, depthwise ? 1 : outputChannels];
  }
}

/** What a pass computes. */
export const resultOf = {
  forward: 'gradient',
  'input gradient': 'image',
  'filter gradient': 'filter',
} as const;

function attributesOf(layer: ConvolutionLayer): Attributes {
  const { stride, padding } = layer.window;
  const sides: [number, number] = [padding, padding];
  return {
    strides: [stride, stride],
    pad: [[0, 0], sides, sides, [0, 0]],
    dataFormat: 'NHWC',
    dilations: [1, 1],
    inputShape: shapeOf('image', layer),
    filterShape: shapeOf('filter', layer),
  };
}

const infoOf = (layer: ConvolutionLayer) =>
  convInfo(shapeOf('image', layer), shapeOf('filter', layer), attributesOf(layer));

type Serves = (layer: ConvolutionLayer) => boolean;

/** A depthwise convolution has one way. */
const depthwise = (pass: Pass, layout: Layout, kernel: NativeKernel): Way => ({
  ...{ name: 'depthwise', pass, layout },
  serves: (layer) => layer.depthwise,
  isChosen: () => true,
  emit: (e, operands, layer) => {
    const shape = shapeOf(resultOf[pass], layer);
    return kernel.emit(e, operands, attributesOf(layer), [{ shape, dtype: 'float32' }])[0]!;
  },
});

const forward = (name: ForwardWay, layout: Layout, serves: Serves): Way => ({
  ...{ name, pass: 'forward', layout },
  serves: (layer) => !layer.depthwise && serves(layer),
  isChosen: (e, layer) => forwardWay(e, infoOf(layer)) === name,
  emit: (e, [x, filter], layer) => emitConvolution(e, x!, filter!, attributesOf(layer), name),
});

const inputGradient = (name: InputGradientWay, layout: Layout, serves: Serves): Way => ({
  ...{ name, pass: 'input gradient', layout },
  serves: (layer) => !layer.depthwise && serves(layer),
  isChosen: (e, layer) => inputGradientWay(e, infoOf(layer)) === name,
  emit: (e, [dy, filter], layer) => emitInputGradient(e, dy!, filter!, infoOf(layer), name),
});

const filterGradient = (name: FilterGradientWay, layout: Layout, serves: Serves): Way => ({
  ...{ name, pass: 'filter gradient', layout },
  serves: (layer) => !layer.depthwise && serves(layer),
  isChosen: (e, layer) => filterGradientWay(e, infoOf(layer)) === name,
  emit: (e, [x, dy], layer) => emitFilterGradient(e, x!, dy!, infoOf(layer), name),
});

const isWhole = (channels: number): boolean => blockSize() !== null && channels % blockSize()! === 0;
const always: Serves = () => true;
const unitStride: Serves = ({ window }) => window.stride === 1;
const halving: Serves = ({ window, inputSize }) => window.stride === 2 && inputSize % 2 === 0;
const pointwise: Serves = ({ window }) => window.kernel === 1 && window.stride === 1;
const wholeBlocks: Serves = (layer) => isWhole(layer.inputChannels) && isWhole(layer.outputChannels);
const wholeBatch: Serves = (layer) => isWhole(layer.batchSize) && isWhole(layer.outputChannels);
const stem: Serves = (layer) => layer.inputChannels < 8 && isWhole(layer.outputChannels);
const minimalFiltering: Serves = ({ window, inputChannels }) =>
  window.kernel === 3 && window.stride === 1 && inputChannels > 3;
const oneTap: Serves = ({ window }) => window.kernel === 1;
const halfWhole: Serves = (layer) => isWhole(layer.inputChannels) !== isWhole(layer.outputChannels);

/**
 * The formulations to measure, on plain and on blocked tensors. To try another one, add it here: a name, its pass, the layout
 * of its operands, the layers it serves, whether the backend's table chooses it, and its piece of a graph.
 */
export const ways: readonly Way[] = layouts.flatMap((layout) => [
  forward('winograd', layout, minimalFiltering),
  forward('blocked', layout, wholeBlocks),
  forward('blocked-filled', layout, (layer) => pointwise(layer) && halfWhole(layer)),
  forward('blocked-stem', layout, stem),
  forward('im2col', layout, always),
  forward('plain', layout, always),
  depthwise('forward', layout, depthwiseConv2d),
  inputGradient('winograd', layout, minimalFiltering),
  inputGradient('blocked', layout, (layer) => unitStride(layer) && wholeBlocks(layer)),
  inputGradient('blocked-filled', layout, (layer) => pointwise(layer) && halfWhole(layer)),
  inputGradient('im2col', layout, unitStride),
  inputGradient('parity', layout, halving),
  inputGradient('transpose', layout, always),
  depthwise('input gradient', layout, depthwiseConv2dBackpropInput),
  filterGradient('winograd', layout, minimalFiltering),
  filterGradient('blocked', layout, wholeBatch),
  filterGradient('rows-of-x', layout, (layer) => oneTap(layer) && isWhole(layer.outputChannels)),
  filterGradient('rows-of-dy', layout, (layer) => pointwise(layer) && isWhole(layer.inputChannels)),
  filterGradient('gemm', layout, always),
  depthwise('filter gradient', layout, depthwiseConv2dBackpropFilter),
]);
