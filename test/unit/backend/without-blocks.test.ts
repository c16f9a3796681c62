import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import { batchNormInference } from '../../../electron/engine/backend/onnxruntime/kernels/batch-norm.ts';
import {
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/convolution/index.ts';
import { maxPool, maxPoolGrad } from '../../../electron/engine/backend/onnxruntime/kernels/pooling.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import { plainValue } from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { floatFeed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { noise, relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';

// Processors without AVX2 have no blocked operators: every kernel must do without them, here tried on one that has.

beforeAll(async () => {
  probe();
  await useCpuBackend();
});

/** Runs a kernel's graph as on a processor without blocks; gives its first output. */
function runPlain(kernel: NativeKernel, inputs: tf.Tensor[], attributes: Attributes): Float32Array {
  const graph = new GraphBuilder();
  const emitter = new Emitter(graph, null);
  const values = inputs.map(({ shape }, i) => plainValue(shape, graph.input(`x${i}`, 'float32', shape)));
  const [spec] = kernel.outputs(inputs, attributes);
  const [value] = kernel.emit(emitter, values, attributes, kernel.outputs(inputs, attributes));
  const name = emitter.plain(value!);
  graph.output(name, 'float32', spec!.shape);
  const output = new Float32Array(spec!.shape.reduce((a, b) => a * b, 1));
  const session = Session.load(graph, output.byteLength);
  const feeds = inputs.map(
    ({ shape }, i) => [`x${i}`, floatFeed(inputs[i]!.dataSync<'float32'>(), shape)] as const,
  );
  session.run(Object.fromEntries(feeds), { [name]: floatFeed(output, spec!.shape) });
  session.dispose();
  return output;
}

const pad = (p: number): [number, number][] => [
  [0, 0],
  [p, p],
  [p, p],
  [0, 0],
];

test.each([
  [8, 8, 16, 32, 3, 1, 1],
  [8, 8, 16, 32, 3, 2, 1],
  [9, 7, 3, 16, 7, 2, 3],
  [4, 4, 16, 16, 3, 1, 1],
  [8, 8, 16, 32, 1, 2, 0],
])('convolution %i x %i x %i -> %i, kernel %i, stride %i, padding %i', (h, w, c, o, k, stride, padding) => {
  const x = noise([16, h, w, c], 1) as tf.Tensor4D;
  const filter = noise([k, k, c, o], 2) as tf.Tensor4D;
  const attributes = {
    strides: stride,
    pad: pad(padding),
    dataFormat: 'NHWC',
    dilations: 1,
  } as unknown as Attributes;
  const f = (a: tf.Tensor, b: tf.Tensor) =>
    tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad(padding) as tf.backend_util.ExplicitPadding);
  const y = f(x, filter);
  const dy = noise(y.shape, 3);
  const [dx, dw] = tf.grads(f)([x, filter], dy);
  expect(relativeError(runPlain(conv2d, [x, filter], attributes), y.dataSync())).toBeLessThan(1e-5);
  const inputGradient = runPlain(conv2dBackpropInput, [dy, filter], { ...attributes, inputShape: x.shape });
  expect(relativeError(inputGradient, dx!.dataSync())).toBeLessThan(1e-5);
  const filterGradient = runPlain(conv2dBackpropFilter, [x, dy], {
    ...attributes,
    filterShape: filter.shape,
  });
  expect(relativeError(filterGradient, dw!.dataSync())).toBeLessThan(1e-5);
});

test('max pooling and batch norm', () => {
  const x = noise([2, 8, 8, 16], 1) as tf.Tensor4D;
  const attributes = { filterSize: 3, strides: 2, pad: pad(1) } as unknown as Attributes;
  const f = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, 3, 2, pad(1) as tf.backend_util.ExplicitPadding);
  const y = f(x);
  const dy = noise(y.shape, 2) as tf.Tensor4D;
  expect(relativeError(runPlain(maxPool, [x], attributes), y.dataSync())).toBeLessThan(1e-6);
  expect(
    relativeError(runPlain(maxPoolGrad, [dy, x, y], attributes), tf.grad(f)(x, dy).dataSync()),
  ).toBeLessThan(1e-6);
  const vectors = [3, 4, 5, 6].map((seed) => tf.abs(noise([16], seed)));
  const [gamma, beta, mean, variance] = vectors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const expected = tf.relu(tf.batchNorm(x, mean, variance, beta, gamma, 1e-5));
  const actual = runPlain(batchNormInference, [x, ...vectors], { epsilon: 1e-5, activation: 'relu' });
  expect(relativeError(actual, expected.dataSync())).toBeLessThan(1e-5);
});
