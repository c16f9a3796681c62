import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../electron/engine/backend/onnx/graph.ts';
import { foldIntoConvolution } from '../../../electron/engine/backend/onnxruntime/kernels/fold.ts';
import { blockSize } from '../../../electron/engine/backend/onnxruntime/block-size.ts';
import { Emitter } from '../../../electron/engine/backend/onnxruntime/emitter.ts';
import { blockedValue } from '../../../electron/engine/backend/onnxruntime/layout.ts';
import { FrozenForward } from '../../../electron/engine/distill/frozen-forward.ts';
import { createModel, type Model } from '../../../electron/engine/models/index.ts';
import { tensorsOf, tidyOutputs } from '../../../electron/engine/models/model-outputs.ts';
import { relativeError } from '../../support/backends.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';

beforeAll(useNativeBackend);

describe('a scale is folded into the blocked convolution before it', () => {
  const shape = [1, 8, 8, 32];

  /** Folds into a convolution with these attributes and further inputs; whether that was done. */
  function folds(attributes: Record<string, string>, ...more: string[]): boolean {
    const graph = new GraphBuilder();
    const e = new Emitter(graph, blockSize());
    const conv = { kernel_shape: [1, 1], ...attributes };
    const y = blockedValue(shape, e.blockedOp('Conv', ['x', 'filter', ...more], conv));
    return foldIntoConvolution(e, y, { scale: 's', shift: 'b' }, undefined, 'relu') !== null;
  }

  test('where that computed nothing but products', () => {
    if (blockSize() === null) return;
    expect(folds({})).toBe(true);
    expect(folds({ activation: 'Relu' })).toBe(false);
    expect(folds({}, 'bias')).toBe(false);
  });
});

describe("a frozen model's forward pass as one graph", () => {
  const classes = 7;
  const seen: number[] = [];
  /** With running statistics unlike those of a fresh one. */
  function modelOf(architecture: 'resnet18' | 'mobilenet_v2'): Model {
    const model = createModel(modelSchema.parse({ architecture, width: 16 }), classes, 3);
    for (const [i, { name, variable }] of model.buffers.entries()) {
      const [low, high] = name.endsWith('mean') ? [-0.2, 0.2] : [0.5, 1.5];
      tf.tidy(() => variable.assign(tf.randomUniform(variable.shape, low, high, 'float32', i)));
    }
    return {
      ...model,
      forward(images, context) {
        seen.push(images.shape[0]);
        return model.forward(images, context);
      },
    };
  }
  const images = (n: number, size = 32) =>
    tf.randomNormal<tf.Rank.R4>([n, size, size, 3], 0, 1, 'float32', n);
  const values = (compute: () => tf.Tensor) => tf.tidy(() => compute().dataSync<'float32'>().slice());

  test.each(['resnet18', 'mobilenet_v2'] as const)('%s: as kernel by kernel', (architecture) => {
    const model = modelOf(architecture);
    const frozen = new FrozenForward(model, 8);
    const tensors = tf.memory().numTensors;
    for (const n of [8, 3, 16, 21]) {
      const batch = images(n);
      const expected = values(() => model.forward(batch, { training: false }).logits);
      seen.length = 0;
      const actual = values(() => frozen.forward(batch).logits);
      // Recorded once, for the batch size that was asked for.
      expect(seen).toEqual(n === 8 ? [8] : []);
      expect(relativeError(actual, expected)).toBeLessThan(1e-5);
      batch.dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
    frozen.dispose();
    model.dispose();
  });

  test('features and the penultimate vector come along, as many images as there are', () => {
    const model = modelOf('resnet18');
    const wanted = { features: ['layer4', 'layer2'], penultimate: true };
    const frozen = new FrozenForward(model, 4, wanted);
    const tensors = tf.memory().numTensors;
    for (const n of [4, 3, 6]) {
      const batch = images(n);
      const expected = tidyOutputs(() => model.forward(batch, { training: false, ...wanted }));
      const actual = frozen.forward(batch);
      expect(Object.keys(actual.features)).toEqual(wanted.features);
      expect(actual.penultimate!.shape).toEqual([n, 128]);
      const pairs = tensorsOf(actual).map((tensor, i) => [tensor, tensorsOf(expected)[i]!] as const);
      for (const [tensor, other] of pairs) {
        expect(tensor.shape).toEqual(other.shape);
        expect(relativeError(tensor.dataSync<'float32'>(), other.dataSync<'float32'>())).toBeLessThan(1e-5);
      }
      tf.dispose([batch, ...tensorsOf(actual), ...tensorsOf(expected)]);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    frozen.dispose();
    model.dispose();
  });

  test('an image has the same bits in batches of any size', () => {
    const model = modelOf('resnet18');
    const frozen = new FrozenForward(model, 8);
    const batch = images(16);
    const whole = values(() => frozen.forward(batch).logits);
    const part = values(() => frozen.forward(tf.slice(batch, [8, 0, 0, 0], [3, 32, 32, 3])).logits);
    expect(part).toEqual(whole.slice(8 * classes, 11 * classes));
    tf.dispose(batch);
    frozen.dispose();
    model.dispose();
  });

  test('other weights or sides make another graph', () => {
    const model = modelOf('resnet18');
    const frozen = new FrozenForward(model, 4);
    const batch = images(4);
    const before = values(() => frozen.forward(batch).logits);
    const { variable } = model.parameters.at(-1)!;
    tf.tidy(() => variable.assign(tf.add(variable, 1)));
    const after = values(() => frozen.forward(batch).logits);
    expect(
      relativeError(
        after,
        before.map((value) => value + 1),
      ),
    ).toBeLessThan(1e-5);
    const small = images(4, 24);
    const expected = values(() => model.forward(small, { training: false }).logits);
    expect(
      relativeError(
        values(() => frozen.forward(small).logits),
        expected,
      ),
    ).toBeLessThan(1e-5);
    tf.dispose([batch, small]);
    frozen.dispose();
    model.dispose();
  });

  describe('on a backend without graphs', () => {
    beforeAll(() => tf.setBackend('cpu'));
    afterAll(() => tf.setBackend('onnxruntime'));

    test('is computed kernel by kernel', () => {
      const model = createModel(modelSchema.parse({ architecture: 'cifar_resnet8', width: 4 }), classes, 3);
      const frozen = new FrozenForward(model, 8);
      const batch = images(2, 8);
      expect(values(() => frozen.forward(batch).logits)).toEqual(
        values(() => model.forward(batch, { training: false }).logits),
      );
      batch.dispose();
      model.dispose();
    });
  });
});
