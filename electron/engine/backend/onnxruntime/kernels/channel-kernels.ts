import { nchwcDomain } from '../../onnx/graph.ts';
import type { Emitter } from '../emitter.ts';
import type { NativeKernel } from '../kernel.ts';
import { blockedDims, blockedValue, plainValue, type Value } from '../layout.ts';
import { fusedActivation } from './channels/blocked.ts';
import { channelsOf, prefersBlocks } from './channels/choose.ts';
import { sumRows } from './channels/sums.ts';

/** ops/channels.ts: biases, scales and gates of channels. */

type BiasActivation = 'none' | 'relu';

/** As part of the blocked convolution that made x, if one did. The convolution without it is dropped if nothing else reads it. */
function biasInConvolution(e: Emitter, x: Value, bias: string, activation: BiasActivation): Value | null {
  const conv = x.blocked === null ? undefined : e.graph.producer(x.blocked);
  if (conv?.op !== 'Conv' || conv.domain !== nchwcDomain) return null;
  if (conv.inputs.length !== 2 || 'activation' in conv.attributes) return null;
  const attributes = { ...conv.attributes, ...fusedActivation[activation] };
  return blockedValue(x.shape, e.blockedOp('Conv', [...conv.inputs, bias], attributes));
}

export const addBias: NativeKernel = {
  name: 'AddBias',
  inputs: ['x', 'bias'],
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, inputs, attributes) => {
    const [x, bias] = inputs as [Value, Value];
    const activation = attributes['activation'] as BiasActivation;
    const shift = e.plain(bias);
    const ops = channelsOf(e, x);
    return [
      biasInConvolution(e, x, shift, activation) ?? ops.close(ops.affine(ops.open(x), { shift, activation })),
    ];
  },
};

export const addBiasGrad: NativeKernel = {
  name: 'AddBiasGrad',
  inputs: ['dy', 'y'],
  outputs: ([dy]) => [
    { shape: dy!.shape, dtype: 'float32' },
    { shape: [dy!.shape.at(-1)!], dtype: 'float32' },
  ],
  emit: (e, inputs, attributes) => {
    const [dy, y] = inputs as [Value, Value];
    const ops = channelsOf(e, y);
    const dz = ops.gate(ops.open(dy), ops.open(y), attributes['activation'] as BiasActivation);
    return [ops.close(dz), plainValue([dy.shape.at(-1)!], ops.sum(dz))];
  },
};

export const scaleChannels: NativeKernel = {
  name: 'ScaleChannels',
  inputs: ['x', 'scale'],
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, [x, scale]) => {
    const ops = channelsOf(e, x!);
    return [ops.close(ops.affine(ops.open(x!), { scale: e.plain(scale!) }))];
  },
};

export const scaleChannelsGrad: NativeKernel = {
  name: 'ScaleChannelsGrad',
  inputs: ['dy', 'x', 'scale'],
  outputs: ([, x, scale]) => [
    { shape: x!.shape, dtype: 'float32' },
    { shape: scale!.shape, dtype: 'float32' },
  ],
  emit: (e, inputs) => {
    const [dy, x, scale] = inputs as [Value, Value, Value];
    const ops = channelsOf(e, x);
    const gradient = ops.open(dy);
    return [
      ops.close(ops.affine(gradient, { scale: e.plain(scale) })),
      plainValue(scale.shape, ops.product(gradient, ops.open(x))),
    ];
  },
};

/** Every channel of every image of a blocked value times its gate: a depthwise 1x1 convolution with all of them as its groups. */
function gateBlocked(e: Emitter, x: Value, gate: Value): Value {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const gated = e.blockedOp(
    'Conv',
    [e.reshape(e.blocked(x), [1, n * c, h, w]), e.plainAs(gate, [n * c, 1, 1, 1])],
    { kernel_shape: [1, 1], group: n * c },
  );
  return blockedValue(x.shape, e.reshape(gated, blockedDims(x.shape)));
}

function gatePlain(e: Emitter, x: Value, gate: Value): Value {
  const [n, , , c] = x.shape as [number, number, number, number];
  return plainValue(x.shape, e.op('Mul', [e.plain(x), e.plainAs(gate, [n, 1, 1, c])]));
}

export const gateChannels: NativeKernel = {
  name: 'GateChannels',
  inputs: ['x', 'gate'],
  outputs: ([x]) => [{ shape: x!.shape, dtype: 'float32' }],
  emit: (e, [x, gate]) => [(prefersBlocks(e, x!) ? gateBlocked : gatePlain)(e, x!, gate!)],
};

/** dx = dy * gate; dgate: the sum of dy * x over the map. */
export const gateChannelsGrad: NativeKernel = {
  name: 'GateChannelsGrad',
  inputs: ['dy', 'x', 'gate'],
  outputs: ([, x, gate]) => [
    { shape: x!.shape, dtype: 'float32' },
    { shape: gate!.shape, dtype: 'float32' },
  ],
  emit: (e, inputs) => {
    const [dy, x, gate] = inputs as [Value, Value, Value];
    const [n, h, w, c] = x.shape as [number, number, number, number];
    if (!prefersBlocks(e, x)) {
      const products = e.reshape(e.op('Mul', [e.plain(dy), e.plain(x)]), [n, h * w, c]);
      const sums = sumRows(e, products, h * w);
      return [gatePlain(e, dy, gate), plainValue(gate.shape, sums)];
    }
    // One map is the filter of the other.
    const sums = e.blockedOp(
      'Conv',
      [e.reshape(e.blocked(x), [1, n * c, h, w]), e.reshape(e.blocked(dy), [n * c, 1, h, w])],
      { kernel_shape: [h, w], group: n * c },
    );
    return [gateBlocked(e, dy, gate), plainValue(gate.shape, e.reshape(sums, [n, c]))];
  },
};
