import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, Inputs, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { plainValue, type Value } from '../layout.ts';

const transposes = (attributes: Attributes) => attributes as { transposeA?: boolean; transposeB?: boolean };

export function matMulShape([a, b]: Inputs, attributes: Attributes): number[] {
  const { transposeA, transposeB } = transposes(attributes);
  const batch = tf.backend_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return [...batch, a!.shape.at(transposeA ? -1 : -2)!, b!.shape.at(transposeB ? -2 : -1)!];
}

export const acceptsMatMul = (inputs: Inputs): boolean =>
  inputs.slice(0, 2).every((t) => t!.dtype === 'float32' && t!.shape.length >= 2 && size(t!.shape) > 0);

export function emitMatMul(
  e: Emitter,
  a: Value,
  b: Value,
  attributes: Attributes,
  shape: readonly number[],
): Value {
  const { transposeA, transposeB } = transposes(attributes);
  const product = e.microsoftOp('FusedMatMul', [e.plain(a), e.plain(b)], {
    transA: transposeA ? 1 : 0,
    transB: transposeB ? 1 : 0,
  });
  return plainValue(shape, product);
}

export const batchMatMul: NativeKernel = {
  name: 'BatchMatMul',
  inputs: ['a', 'b'],
  accepts: acceptsMatMul,
  outputs: (inputs, attributes) => [{ shape: matMulShape(inputs, attributes), dtype: 'float32' }],
  emit: (e, [a, b], attributes, [output]) => [emitMatMul(e, a!, b!, attributes, output!.shape)],
};
