import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import type { Attributes, NativeKernel } from '../../../electron/engine/backend/onnxruntime/kernel.ts';
import {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from '../../../electron/engine/backend/onnxruntime/kernels/depthwise.ts';
import { maxPoolGrad } from '../../../electron/engine/backend/onnxruntime/kernels/pooling.ts';
import { split } from '../../../electron/engine/backend/onnxruntime/kernels/shape.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import { plainValue } from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { floatFeed } from '../../../electron/engine/backend/onnxruntime/feed.ts';
import { probe } from '../../../electron/engine/backend/onnxruntime/probe.ts';
import { Session } from '../../../electron/engine/backend/onnxruntime/session.ts';
import { webGpu } from '../../../electron/engine/backend/webgpu/target.ts';
import { noise, relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';

// The graphs that kernels make for a GPU, computed on the processor, beside the JavaScript backend.

beforeAll(async () => {
  probe();
  await useCpuBackend();
});

/** All outputs of a kernel's graph for a GPU. */
function runForGpu(kernel: NativeKernel, inputs: tf.Tensor[], attributes: Attributes): Float32Array[] {
  const graph = new GraphBuilder();
  const emitter = new Emitter(graph, 16, webGpu);
  const values = inputs.map(({ shape }, i) => plainValue(shape, graph.input(`x${i}`, 'float32', shape)));
  const specs = kernel.outputs(inputs, attributes);
  const names = kernel.emit(emitter, values, attributes, specs).map((value) => emitter.plain(value));
  names.forEach((name, i) => graph.output(name, 'float32', specs[i]!.shape));
  const outputs = specs.map(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1)));
  const session = Session.load(graph, 0);
  const feeds = inputs.map(
    ({ shape }, i) => [`x${i}`, floatFeed(inputs[i]!.dataSync<'float32'>(), shape)] as const,
  );
  const fetches = names.map((name, i) => [name, floatFeed(outputs[i]!, specs[i]!.shape)] as const);
  session.run(Object.fromEntries(feeds), Object.fromEntries(fetches));
  session.dispose();
  return outputs;
}

const pad = (p: number): tf.backend_util.ExplicitPadding => [
  [0, 0],
  [p, p],
  [p, p],
  [0, 0],
];

test.each([
  [8, 8, 16, 3, 1, 1],
  [8, 8, 16, 3, 2, 1],
  [7, 9, 5, 3, 2, 1],
  [8, 6, 3, 5, 1, 2],
  [9, 9, 4, 2, 3, 0],
  [4, 4, 8, 1, 1, 0],
])('depthwise convolution %i x %i x %i, kernel %i, stride %i, padding %i', (h, w, c, k, stride, padding) => {
  const x = noise([2, h, w, c], 1) as tf.Tensor4D;
  const filter = noise([k, k, c, 1], 2) as tf.Tensor4D;
  const f = (a: tf.Tensor, b: tf.Tensor) =>
    tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad(padding));
  const y = f(x, filter);
  const dy = noise(y.shape, 3);
  const [dx, dw] = tf.grads(f)([x, filter], dy);
  const attributes = { strides: stride, pad: pad(padding), dilations: 1 } as unknown as Attributes;
  const compare = (kernel: NativeKernel, inputs: tf.Tensor[], more: object, expected: tf.Tensor) => {
    const [actual] = runForGpu(kernel, inputs, { ...attributes, ...more });
    expect(relativeError(actual!, expected.dataSync())).toBeLessThan(2e-6);
  };
  compare(depthwiseConv2d, [x, filter], {}, y);
  compare(depthwiseConv2dBackpropInput, [dy, filter], { inputShape: x.shape }, dx!);
  compare(depthwiseConv2dBackpropFilter, [x, dy], { filterShape: filter.shape }, dw!);
});

test.each([
  [8, 8, 3, 2, 1],
  [8, 8, 2, 2, 0],
  [7, 9, 3, 1, 1],
  [9, 7, 3, 3, 0],
])("max pooling's gradient %i x %i, window %i, stride %i, padding %i", (h, w, window, stride, padding) => {
  // Few different values: most windows have several maxima.
  const x = tf.round(noise([2, h, w, 5], 1)) as tf.Tensor4D;
  const f = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, window, stride, pad(padding));
  const y = f(x);
  const dy = noise(y.shape, 2);
  const attributes = { filterSize: window, strides: stride, pad: pad(padding) } as unknown as Attributes;
  const [actual] = runForGpu(maxPoolGrad, [dy, x, y], attributes);
  expect(relativeError(actual!, tf.grad(f)(x, dy).dataSync())).toBeLessThan(1e-6);
});

test('pieces of a tensor', () => {
  const x = noise([2, 7, 3], 1);
  const parts = tf.split(x, [4, 1, 2], 1);
  const actual = runForGpu(split, [x], { axis: 1, numOrSizeSplits: [4, 1, 2] });
  expect(actual).toEqual(parts.map((part) => part.dataSync()));
});
