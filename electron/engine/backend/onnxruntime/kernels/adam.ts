import type { NativeKernel } from '../kernel.ts';
import { plainValue, type Value } from '../layout.ts';

/** ops/adam.ts in one pass; scalars = [decay, b1, 1-b1, b2, 1-b2, rate, correction, epsilon]. */
export const adamUpdate: NativeKernel = {
  name: 'AdamUpdate',
  inputs: ['weight', 'gradient', 'm', 'v', 'scalars'],
  outputs: ([weight]) =>
    Array.from({ length: 3 }, () => ({ shape: weight!.shape, dtype: 'float32' as const })),
  emit: (e, inputs) => {
    const [weight, gradient, m, v, scalars] = inputs as [Value, Value, Value, Value, Value];
    const ones = e.ints(1, 1, 1, 1, 1, 1, 1, 1);
    const [decay, beta1, rest1, beta2, rest2, rate, correction, epsilon] = e.graph.nodes(
      'Split',
      [e.plain(scalars), ones],
      8,
      { axis: 0 },
    ) as [string, string, string, string, string, string, string, string];
    const mul = (a: string, b: string) => e.op('Mul', [a, b]);
    const g = e.plain(gradient);
    const m1 = e.op('Add', [mul(e.plain(m), beta1), mul(g, rest1)]);
    const v1 = e.op('Add', [mul(e.plain(v), beta2), mul(mul(g, g), rest2)]);
    const deviation = e.op('Add', [e.op('Sqrt', [mul(v1, correction)]), epsilon]);
    const w1 = e.op('Sub', [mul(e.plain(weight), decay), mul(e.op('Div', [m1, deviation]), rate)]);
    return [w1, m1, v1].map((name) => plainValue(weight.shape, name));
  },
};
