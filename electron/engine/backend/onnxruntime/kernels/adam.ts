import type { NativeKernel } from '../kernel.ts';
import { plainValue, type Value } from '../layout.ts';

/** ops/adam.ts in one graph; scalars = [decay, b1, 1-b1, b2, 1-b2, rate, correction, epsilon]. */
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
    // x + scale * y in one pass over memory: GatedAdd takes a factor for each row.
    const rows = e.ints(...weight.shape.slice(0, -1), 1);
    const add = (x: string, y: string, scale: string) =>
      e.microsoftOp('GatedAdd', [x, y, e.op('Expand', [scale, rows])]);
    const g = e.plain(gradient);
    const m1 = add(mul(e.plain(m), beta1), g, rest1);
    const v1 = add(mul(e.plain(v), beta2), mul(g, g), rest2);
    // rate * m / (sqrt(v * correction) + epsilon), with the correction's root moved to the scalars.
    const root = e.op('Sqrt', [correction]);
    const deviation = e.op('Add', [e.op('Sqrt', [v1]), e.op('Div', [epsilon, root])]);
    const step = e.op('Neg', [e.op('Div', [rate, root])]);
    const w1 = add(mul(e.plain(weight), decay), e.op('Div', [m1, deviation]), step);
    return [w1, m1, v1].map((name) => plainValue(weight.shape, name));
  },
};
