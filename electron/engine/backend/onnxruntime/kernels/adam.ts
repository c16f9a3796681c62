import type { NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import { type Emitter, plainValue, type Value } from '../layout.ts';

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
  // x + scale * y in one pass over memory: GatedAdd takes a factor for each row.
  const rows = e.ints(...shape.slice(0, -1), 1);
  const add = (x: string, y: string, scale: string) =>
    e.microsoftOp('GatedAdd', [x, y, e.op('Expand', [scale, rows])]);
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

/**
 * The same for many small tensors at once, end to end in one vector: inputs are the scalars, then weight, gradient, m and v of each;
 * outputs w, m and v of each.
 */
export function adamUpdates(inputs: number): NativeKernel {
  const count = (inputs - 1) / 4;
  return {
    name: 'AdamUpdates',
    inputs: Array.from({ length: inputs }, (_, i) => String(i)),
    outputs: ([, ...tensors]) =>
      Array.from({ length: 3 * count }, (_, i) => ({
        shape: tensors[4 * Math.floor(i / 3)]!.shape,
        dtype: 'float32' as const,
      })),
    emit: (e, [scalars, ...tensors], _, specs) => {
      const sizes = Array.from({ length: count }, (__, i) => size(specs[3 * i]!.shape));
      const total = sizes.reduce((a, b) => a + b, 0);
      const joined = (place: number) => {
        const parts = sizes.map((length, i) => e.plainAs(tensors[4 * i + place]!, [length]));
        return e.op('Concat', parts, { axis: 0 });
      };
      const names = { weight: joined(0), gradient: joined(1), m: joined(2), v: joined(3) };
      const parts = emitUpdate(e, names, scalars!, [total]).map((name) => e.split(name, sizes, 0));
      return specs.map(({ shape }, i) =>
        plainValue(shape, e.reshape(parts[i % 3]![Math.floor(i / 3)]!, shape)),
      );
    },
  };
}
