import type { NativeKernel } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { plainValue, type Value } from '../layout.ts';
import { jointUpdates, rowAdd } from './joint-updates.ts';

interface Names {
  weight: string;
  gradient: string;
  m: string;
  v: string;
}

/** ops/adam.ts on tensors of this shape; scalars = [decay, b1, 1-b1, b2, 1-b2, rate, correction, epsilon]. Gives [w, m, v]. */
function emitUpdate(
  e: Emitter,
  { weight, gradient: g, m, v }: Names,
  scalars: Value,
  shape: readonly number[],
): [string, string, string] {
  const ones = [1, 1, 1, 1, 1, 1, 1, 1];
  const [decay, beta1, rest1, beta2, rest2, rate, correction, epsilon] = e.split(
    e.plain(scalars),
    ones,
    0,
  ) as [string, string, string, string, string, string, string, string];
  const mul = (a: string, b: string) => e.op('Mul', [a, b]);
  const add = rowAdd(e, shape);
  const m1 = add(mul(m, beta1), g, rest1);
  const v1 = add(mul(v, beta2), mul(g, g), rest2);
  // rate * m / (sqrt(v * correction) + epsilon), with the correction's root moved to the scalars.
  const root = e.op('Sqrt', [correction]);
  const deviation = e.op('Add', [e.op('Sqrt', [v1]), e.op('Div', [epsilon, root])]);
  const step = e.op('Neg', [e.op('Div', [rate, root])]);
  const w1 = add(mul(weight, decay), e.op('Div', [m1, deviation]), step);
  return [w1, m1, v1];
}

export const adamUpdate: NativeKernel = {
  name: 'AdamUpdate',
  inputs: ['weight', 'gradient', 'm', 'v', 'scalars'],
  outputs: ([weight]) =>
    Array.from({ length: 3 }, () => ({ shape: weight!.shape, dtype: 'float32' as const })),
  emit: (e, inputs) => {
    const [weight, gradient, m, v, scalars] = inputs as [Value, Value, Value, Value, Value];
    const names = { weight: e.plain(weight), gradient: e.plain(gradient), m: e.plain(m), v: e.plain(v) };
    return emitUpdate(e, names, scalars, weight.shape).map((name) => plainValue(weight.shape, name));
  },
};

/** The same of all parameters at once: weight, gradient, m and v of each, and w, m and v of each. */
export const adamUpdates = jointUpdates('AdamUpdates', {
  inputs: 4,
  outputs: 3,
  emit: (e, inputs, scalars, { shape }) => {
    const [weight, gradient, m, v] = inputs as [string, string, string, string];
    return emitUpdate(e, { weight, gradient, m, v }, scalars, shape);
  },
});
