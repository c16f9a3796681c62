import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import { registerOnnxRuntime } from '../../../electron/engine/backend/onnxruntime/register.ts';
import {
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/index.ts';
import { convInfo } from '../../../electron/engine/backend/onnxruntime/kernels/convolution/geometry.ts';
import {
  filterGradientWay,
  forwardWay,
  inputGradientWay,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/ways.ts';
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/depthwise.ts';
import { blockSize } from '../../../electron/engine/backend/onnxruntime/block-size.ts';
import { attributesOf, emitKernel, nativeEmitter, type Operand, runPiece } from './pieces.ts';
import { type Convolution, elementOf, noiseArray, rmsError, samples, shapesOf, sizeOf } from './reference.ts';

// The convolutions of the networks as they are trained, against loops in float64 at some eighty places. Batches that do and do
// not fill whole blocks, operands in either layout.

registerOnnxRuntime();
const block = blockSize();

type Layer = readonly [h: number, w: number, c: number, o: number, kernel: number, stride: number];

/** At 96 px; padded by (kernel - 1) / 2. */
const resnet18: Layer[] = [
  [96, 96, 3, 64, 7, 2],
  [24, 24, 64, 64, 3, 1],
  [24, 24, 64, 128, 3, 2],
  [24, 24, 64, 128, 1, 2],
  [12, 12, 128, 128, 3, 1],
  [12, 12, 128, 256, 3, 2],
  [12, 12, 128, 256, 1, 2],
  [6, 6, 256, 256, 3, 1],
  [6, 6, 256, 512, 3, 2],
  [6, 6, 256, 512, 1, 2],
  [3, 3, 512, 512, 3, 1],
];

const mobilenetV2: Layer[] = [
  [96, 96, 3, 32, 3, 2],
  [48, 48, 32, 16, 1, 1],
  [48, 48, 16, 96, 1, 1],
  [24, 24, 96, 24, 1, 1],
  [24, 24, 24, 144, 1, 1],
  [24, 24, 144, 24, 1, 1],
  [12, 12, 144, 32, 1, 1],
  [12, 12, 32, 192, 1, 1],
  [6, 6, 192, 64, 1, 1],
  [6, 6, 576, 96, 1, 1],
  [3, 3, 576, 160, 1, 1],
  [3, 3, 160, 960, 1, 1],
  [3, 3, 960, 320, 1, 1],
  [3, 3, 320, 1280, 1, 1],
];

const cifarResnet: Layer[] = [
  [32, 32, 3, 16, 3, 1],
  [32, 32, 16, 16, 3, 1],
  [32, 32, 16, 32, 3, 2],
  [32, 32, 16, 32, 1, 2],
  [16, 16, 32, 32, 3, 1],
  [16, 16, 32, 64, 3, 2],
  [8, 8, 64, 64, 3, 1],
];

const odd: Layer[] = [
  [7, 7, 64, 64, 3, 1],
  [13, 9, 64, 80, 3, 1],
  [5, 5, 72, 64, 3, 1],
  [11, 11, 96, 64, 3, 1],
  [1, 9, 64, 64, 3, 1],
  [2, 2, 64, 64, 3, 1],
  [7, 7, 32, 48, 3, 2],
  [13, 9, 16, 32, 3, 2],
  [5, 5, 16, 20, 3, 1],
  [11, 11, 20, 16, 5, 1],
  [11, 11, 32, 32, 5, 2],
  [13, 9, 3, 32, 7, 2],
  [11, 11, 4, 6, 5, 3],
  [9, 11, 20, 32, 1, 1],
  [9, 11, 48, 20, 1, 1],
  [16, 16, 48, 32, 1, 1],
];

const depthwise: Layer[] = [
  [48, 48, 32, 32, 3, 1],
  [48, 48, 96, 96, 3, 2],
  [24, 24, 144, 144, 3, 1],
  [24, 24, 144, 144, 3, 2],
  [6, 6, 384, 384, 3, 1],
  [6, 6, 576, 576, 3, 2],
  [3, 3, 960, 960, 3, 1],
  [7, 7, 48, 48, 3, 2],
  [13, 9, 32, 32, 3, 1],
];

const batches = [1, 3, 16, 17];

/**
 * Root mean squares, twice what was measured or less: 8e-6 by minimal filtering, 3.2e-6 for gradients of filters, where one
 * chain of additions runs over the whole map, 5.4e-7 elsewhere.
 */
function tolerance(pass: Pass, way: string): number {
  if (way === 'winograd') return 1.6e-5;
  return pass === 'filter gradient' ? 6e-6 : 1e-6;
}

const dense = {
  forward: conv2d,
  'input gradient': conv2dBackpropInput,
  'filter gradient': conv2dBackpropFilter,
} as const;
const byChannel = {
  forward: depthwiseConv2d,
  'input gradient': depthwiseConv2dBackpropInput,
  'filter gradient': depthwiseConv2dBackpropFilter,
} as const;

type Pass = keyof typeof dense;
const passes = Object.keys(dense) as Pass[];

/** The ways that the table chooses. */
function waysOf(convolution: Convolution): Record<Pass, string> {
  if (convolution.depthwise) return { forward: '', 'input gradient': '', 'filter gradient': '' };
  const { x, filter } = shapesOf(convolution);
  const info = convInfo(x, filter, attributesOf(convolution));
  const e = nativeEmitter(block)(new GraphBuilder());
  return {
    forward: forwardWay(e, info),
    'input gradient': inputGradientWay(e, info),
    'filter gradient': filterGradientWay(e, info),
  };
}

/** Errors of the three passes with operands of a layout. */
function errorsOf(convolution: Convolution, layout: 'plain' | 'blocked'): Record<Pass, number> {
  const shapes = shapesOf(convolution);
  const [x, filter, dy] = [shapes.x, shapes.filter, shapes.y].map((shape, i) =>
    noiseArray(sizeOf(shape), i + 1),
  ) as [Float32Array, Float32Array, Float32Array];
  const image = (shape: number[], data: Float32Array): Operand => {
    const whole = block !== null && shape[3]! % block === 0;
    return { shape, data, blocked: layout === 'blocked' && whole };
  };
  const weights: Operand = { shape: shapes.filter, data: filter };
  const inputs: Record<Pass, Operand[]> = {
    forward: [image(shapes.x, x), weights],
    'input gradient': [image(shapes.y, dy), weights],
    'filter gradient': [image(shapes.x, x), image(shapes.y, dy)],
  };
  const results = { forward: shapes.y, 'input gradient': shapes.x, 'filter gradient': shapes.filter };
  const kernels = convolution.depthwise ? byChannel : dense;
  const attributes = attributesOf(convolution);
  const errorOf = (pass: Pass): number => {
    const emit = emitKernel(kernels[pass], attributes, results[pass]);
    const actual = runPiece(nativeEmitter(block), inputs[pass], emit);
    const expected = (index: number) => elementOf(convolution, pass, { x, filter, dy }, index);
    return rmsError(actual, samples(results[pass], 80), expected);
  };
  return {
    forward: errorOf('forward'),
    'input gradient': errorOf('input gradient'),
    'filter gradient': errorOf('filter gradient'),
  };
}

const convolutionsOf = ([h, w, c, o, kernel, stride]: Layer, isDepthwise: boolean): Convolution[] =>
  batches.map((n) => ({
    ...{ n, h, w, c, o, stride, padding: (kernel - 1) / 2 },
    kernel: [kernel, kernel],
    depthwise: isDepthwise,
  }));

describe.each([
  ['ResNet-18', resnet18, false],
  ['MobileNetV2', mobilenetV2, false],
  ['CIFAR ResNet', cifarResnet, false],
  ['odd sizes', odd, false],
  ['depthwise', depthwise, true],
] as const)('%s', (_, layers, isDepthwise) => {
  // Without blocks JavaScript's kernel serves depthwise convolutions.
  test.skipIf(isDepthwise && block === null).each(layers)(
    '%i x %i x %i -> %i, kernel %i, stride %i',
    (...layer) => {
      for (const [k, convolution] of convolutionsOf(layer, isDepthwise).entries()) {
        const ways = waysOf(convolution);
        // Layers of all sizes meet every batch in both layouts, taking turns.
        const layout = (layer[0] + layer[2] + layer[3] / 16 + k) % 2 < 1 ? 'plain' : 'blocked';
        const errors = errorsOf(convolution, layout);
        for (const pass of passes) {
          const title = `${pass}, ${ways[pass]}, batch ${convolution.n}, ${layout}`;
          expect(errors[pass], title).toBeLessThan(tolerance(pass, ways[pass]));
        }
      }
    },
  );
});

test.skipIf(block === null)('every way is among them', () => {
  const all = [resnet18, mobilenetV2, cifarResnet, odd].flat();
  const ways = all.flatMap((layer) => convolutionsOf(layer, false)).map(waysOf);
  const found = (pass: Pass) => [...new Set(ways.map((way) => way[pass]))].sort();
  expect(found('forward')).toEqual([
    'blocked',
    'blocked-filled',
    'blocked-stem',
    'im2col',
    'plain',
    'winograd',
  ]);
  expect(found('input gradient')).toEqual([
    'blocked',
    'blocked-filled',
    'im2col',
    'parity',
    'transpose',
    'winograd',
  ]);
  expect(found('filter gradient')).toEqual(['blocked', 'gemm', 'rows-of-dy', 'rows-of-x', 'winograd']);
});
