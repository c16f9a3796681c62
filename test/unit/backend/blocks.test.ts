import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import {
  batchNormInference,
  batchNormTrain,
  batchNormTrainGrad,
} from '../../../electron/engine/backend/onnxruntime/kernels/batch-norm.ts';
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
import {
  globalAveragePool,
  globalAveragePoolGrad,
  maxPool,
  maxPoolGrad,
} from '../../../electron/engine/backend/onnxruntime/kernels/pooling.ts';
import { blockSize, probeBlock } from '../../../electron/engine/backend/onnxruntime/block-size.ts';
import type { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { relativeError } from '../../support/backends.ts';
import { EmulatedBlocks } from './emulated-blocks.ts';
import { attributesOf, emitKernel, nativeEmitter, type Operand, runPiece, runPieces } from './pieces.ts';
import { type Convolution, elementOf, noiseArray, rmsError, samples, shapesOf, sizeOf } from './reference.ts';

// Blocks of 8 (AVX2), of 16 (AVX-512) and none, whatever this processor has: the operators are emulated.

probe();
probeBlock();

const emulated = (block: number) => (graph: GraphBuilder) => new EmulatedBlocks(graph, block);

const ways: [string, number | null, (graph: GraphBuilder) => Emitter][] = [
  ['no blocks', null, nativeEmitter(null)],
  ['blocks of 8', 8, emulated(8)],
  ['blocks of 16', 16, emulated(16)],
];

const blockable = (shape: readonly number[], block: number | null) =>
  block !== null && shape.length === 4 && shape[3]! % block === 0;

/** [n, h, w, c, o, kernel, stride]; channels that fill blocks of 8 but not of 16 among them. */
const convolutions = [
  [8, 16, 16, 3, 16, 7, 2],
  [3, 12, 12, 3, 24, 3, 2],
  [8, 6, 6, 24, 40, 3, 1],
  [16, 6, 6, 32, 32, 3, 1],
  [9, 8, 8, 24, 40, 3, 2],
  [16, 8, 8, 16, 32, 3, 2],
  [8, 7, 5, 40, 24, 3, 2],
  [16, 12, 12, 8, 48, 1, 1],
  [3, 12, 12, 16, 24, 1, 1],
  [8, 8, 8, 24, 40, 1, 2],
  [16, 3, 3, 48, 24, 3, 1],
  [8, 6, 6, 72, 64, 3, 1],
  [4, 12, 12, 64, 64, 3, 1],
] as const;

const depthwise = [
  [3, 8, 8, 24, 24, 3, 1],
  [2, 8, 8, 48, 48, 3, 2],
  [4, 7, 9, 32, 32, 3, 2],
  [2, 5, 5, 40, 40, 3, 1],
  [2, 8, 6, 58, 58, 3, 2],
  [1, 7, 7, 6, 6, 5, 1],
] as const;

describe.each(ways)('%s: convolutions and their gradients', (_, block, emitterOf) => {
  const cases = [
    ...convolutions.map((layer) => [...layer, 'dense'] as const),
    ...depthwise.map((layer) => [...layer, 'depthwise'] as const),
  ];
  test.each(cases)('%i x %i x %i x %i -> %i, kernel %i, stride %i, %s', (n, h, w, c, o, k, stride, kind) => {
    const isDepthwise = kind === 'depthwise';
    const padding = (k - 1) / 2;
    const layer: Convolution = { n, h, w, c, o, kernel: [k, k], stride, padding, depthwise: isDepthwise };
    const shapes = shapesOf(layer);
    const [x, filter, dy] = [shapes.x, shapes.filter, shapes.y].map((shape, i) =>
      noiseArray(sizeOf(shape), i + 1),
    ) as [Float32Array, Float32Array, Float32Array];
    const attributes = attributesOf(layer);
    for (const wanted of [false, true]) {
      const operand = (shape: number[], data: Float32Array, image: boolean): Operand => ({
        ...{ shape, data },
        blocked: image && wanted && blockable(shape, block),
      });
      const [image, weights, gradient] = [
        operand(shapes.x, x, true),
        operand(shapes.filter, filter, false),
        operand(shapes.y, dy, true),
      ];
      for (const [pass, kernel, operands, shape] of [
        ['forward', isDepthwise ? depthwiseConv2d : conv2d, [image, weights], shapes.y],
        [
          'input gradient',
          isDepthwise ? depthwiseConv2dBackpropInput : conv2dBackpropInput,
          [gradient, weights],
          shapes.x,
        ],
        [
          'filter gradient',
          isDepthwise ? depthwiseConv2dBackpropFilter : conv2dBackpropFilter,
          [image, gradient],
          shapes.filter,
        ],
      ] as const) {
        const actual = runPiece(emitterOf, operands, emitKernel(kernel, attributes, shape));
        const expected = (index: number) => elementOf(layer, pass, { x, filter, dy }, index);
        const error = rmsError(actual, samples(shape, 200), expected);
        expect(error, `${pass}, ${wanted ? 'blocked' : 'plain'}`).toBeLessThan(1e-5);
      }
    }
  });
});

interface Call {
  kernel: NativeKernel;
  shapes: number[][];
  attributes: object;
}

const pad = (p: number) => [
  [0, 0],
  [p, p],
  [p, p],
  [0, 0],
];

const x = [3, 6, 6, 48];
const vector = [48];
const norms = ['none', 'relu', 'relu6'].flatMap((activation) =>
  [true, false].flatMap((skip): [string, Call][] => {
    const title = `${activation}, shortcut ${skip}`;
    const common = { epsilon: 1e-5, momentum: 0.9, activation, skip };
    const parameters = [vector, vector, vector, vector];
    const shortcut = skip ? [x] : [];
    return [
      [
        `batch norm in training, ${title}`,
        { kernel: batchNormTrain, shapes: [x, ...parameters, ...shortcut], attributes: common },
      ],
      [
        `its gradient, ${title}`,
        { kernel: batchNormTrainGrad, shapes: [x, x, x, vector, vector, vector], attributes: common },
      ],
      [
        `batch norm in evaluation, ${title}`,
        { kernel: batchNormInference, shapes: [x, ...parameters, ...shortcut], attributes: common },
      ],
    ];
  }),
);

const others: [string, Call][] = [
  ...norms,
  ['max pooling', { kernel: maxPool, shapes: [x], attributes: { filterSize: 3, strides: 2, pad: pad(1) } }],
  ...(
    [
      [3, 2, 1],
      [2, 2, 0],
      [3, 1, 1],
    ] as const
  ).map(([filterSize, strides, padding]): [string, Call] => {
    const side = strides === 2 ? 3 : 6;
    const attributes = { filterSize, strides, pad: pad(padding) };
    const shapes = [[3, side, side, 48], x, [3, side, side, 48]];
    return [
      `max pooling's gradient, window ${filterSize}, stride ${strides}`,
      { kernel: maxPoolGrad, shapes, attributes },
    ];
  }),
  ['global average pooling', { kernel: globalAveragePool, shapes: [x], attributes: {} }],
  ['its gradient', { kernel: globalAveragePoolGrad, shapes: [[3, 48]], attributes: { shape: x } }],
];

/** Values for the inputs; the gradient of max pooling wants the pool's own result. */
function operandsOf({ kernel, shapes, attributes }: Call, block: number | null): Operand[] {
  const operands = shapes.map((shape, i): Operand => {
    const data = noiseArray(sizeOf(shape), i + 1);
    // Variances and deviations are positive.
    return { shape, data: shape.length === 1 ? data.map((v) => Math.abs(v) + 0.1) : data };
  });
  if (kernel === maxPoolGrad) {
    const [, image, output] = operands as [Operand, Operand, Operand];
    const emit = emitKernel(maxPool, attributes as Attributes, output.shape);
    output.data = runPiece(nativeEmitter(null), [image], emit);
  }
  return operands.map((operand) => ({ ...operand, blocked: blockable(operand.shape, block) }));
}

function resultsOf(call: Call, block: number | null, emitterOf: (graph: GraphBuilder) => Emitter) {
  const { kernel, shapes, attributes } = call;
  const infos = shapes.map((shape) => ({ dataId: {}, shape, dtype: 'float32' as const }));
  const specs = kernel.outputs(infos, attributes as Attributes);
  return runPieces(emitterOf, operandsOf(call, block), (e, values) =>
    kernel.emit(e, values, attributes as Attributes, specs),
  );
}

describe.each(ways.slice(1))('%s beside none', (_, block, emitterOf) => {
  test.each(others)('%s', (__, call) => {
    const expected = resultsOf(call, null, nativeEmitter(null));
    const actual = resultsOf(call, block, emitterOf);
    expect(actual).toHaveLength(expected.length);
    for (const [i, values] of expected.entries())
      expect(relativeError(actual[i]!, values), `result ${i}`).toBeLessThan(1e-5);
  });
});

const native = blockSize();

describe.skipIf(native === null)('the emulation beside the operators themselves', () => {
  test.each(others)('%s', (_, call) => {
    const expected = resultsOf(call, native, nativeEmitter(native));
    const actual = resultsOf(call, native, emulated(native!));
    for (const [i, values] of expected.entries())
      expect(relativeError(actual[i]!, values), `result ${i}`).toBeLessThan(1e-5);
  });
});
