import { type NativeKernel, size } from '../kernel.ts';
import { plainValue, type Value } from '../layout.ts';
import { filled, sumPixels } from './channels/sums.ts';

/** ops/layer-norm.ts, on plain tensors, whose channels lie side by side. */
export const layerNorm: NativeKernel = {
  name: 'LayerNorm',
  inputs: ['x', 'gamma', 'beta'],
  outputs: ([x]) => {
    const rows = [...x!.shape.slice(0, -1), 1];
    return [x!.shape, rows, rows].map((shape) => ({ shape, dtype: 'float32' }));
  },
  emit: (e, inputs, attributes, outputs) =>
    e.graph
      .nodes(
        'LayerNormalization',
        inputs.map((value) => e.plain(value)),
        3,
        { axis: -1, epsilon: { float: attributes['epsilon'] as number } },
      )
      .map((name, i) => plainValue(outputs[i]!.shape, name)),
};

/**
 * With xh = (x - mean) * invStd and g = dy * gamma: dx = invStd * (g - mean of g - xh * mean of g * xh), means over the channels;
 * dgamma = sum of dy * xh, dbeta = sum of dy, over everything else.
 */
export const layerNormGrad: NativeKernel = {
  name: 'LayerNormGrad',
  inputs: ['dy', 'x', 'gamma', 'mean', 'invStd'],
  outputs: ([, x, gamma]) => [x!, gamma!, gamma!].map(({ shape }) => ({ shape, dtype: 'float32' })),
  emit: (e, inputs) => {
    const [dy, x, gamma, mean, invStd] = inputs as [Value, Value, Value, Value, Value];
    const channels = gamma.shape[0]!;
    const rows = size(x.shape) / channels;
    const [full, one] = [
      [rows, channels],
      [rows, 1],
    ];
    const share = filled(e, [channels, 1], 1 / channels);
    const average = (name: string) => e.op('MatMul', [name, share]);
    const gradient = e.plainAs(dy, full);
    const deviation = e.plainAs(invStd, one);
    const normalised = e.op('Mul', [e.op('Sub', [e.plainAs(x, full), e.plainAs(mean, one)]), deviation]);
    const scaled = e.op('Mul', [gradient, e.plain(gamma)]);
    const along = e.op('Mul', [normalised, average(e.op('Mul', [scaled, normalised]))]);
    const rest = e.op('Sub', [e.op('Sub', [scaled, average(scaled)]), along]);
    const dx = e.op('Mul', [rest, deviation]);
    const sum = (name: string) => plainValue(gamma.shape, sumPixels(e, name, rows, channels));
    return [
      plainValue(x.shape, e.reshape(dx, x.shape)),
      sum(e.op('Mul', [gradient, normalised])),
      sum(gradient),
    ];
  },
};
