import {
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/index.ts';
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/depthwise.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import type { Emitter, Value } from '../../../electron/engine/backend/onnxruntime/layout.ts';
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

/** One formulation of one pass. */
export interface Way {
  name: string;
  pass: Pass;
  /** How images and gradients arrive; filters are always plain. */
  layout: (typeof layouts)[number];
  serves: (layer: ConvolutionLayer) => boolean;
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

/** What the backend does with the shape: the formulation that its own table chooses. */
function chosen(pass: Pass, layout: Way['layout'], dense: NativeKernel, depthwise: NativeKernel): Way {
  return {
    name: `chosen, ${layout}`,
    pass,
    layout,
    serves: () => true,
    emit: (emitter, operands, layer) => {
      const shape = shapeOf(resultOf[pass], layer);
      const kernel = layer.depthwise ? depthwise : dense;
      return kernel.emit(emitter, operands, attributesOf(layer), [{ shape, dtype: 'float32' }])[0]!;
    },
  };
}

/**
 * The formulations to measure. To try another one, add it here: a name, its pass, the layout of its operands, the layers
 * it serves, and its piece of a graph.
 */
export const ways: readonly Way[] = layouts.flatMap((layout) => [
  chosen('forward', layout, conv2d, depthwiseConv2d),
  chosen('input gradient', layout, conv2dBackpropInput, depthwiseConv2dBackpropInput),
  chosen('filter gradient', layout, conv2dBackpropFilter, depthwiseConv2dBackpropFilter),
]);
