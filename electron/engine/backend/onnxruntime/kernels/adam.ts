import type { Attributes, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import type { Emitter } from '../emitter.ts';
import { plainValue, type Value } from '../layout.ts';

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

/** The same of vectors end to end in one: a node costs more than its work on them. Gives [w, m, v] of each. */
function emitJoined(
  e: Emitter,
  vectors: readonly (readonly Value[])[],
  scalars: Value,
): [string, string, string][] {
  const sizes = vectors.map(([weight]) => size(weight!.shape));
  const total = sizes.reduce((a, b) => a + b, 0);
  const joined = (place: number) => {
    const parts = vectors.map((tensors) => e.plain(tensors[place]!));
    return e.op('Concat', parts, { axis: 0 });
  };
  const names = { weight: joined(0), gradient: joined(1), m: joined(2), v: joined(3) };
  const [w1, m1, v1] = emitUpdate(e, names, scalars, [total]).map((name) => e.split(name, sizes, 0));
  return vectors.map((_, i) => [w1![i]!, m1![i]!, v1![i]!]);
}

/**
 * The update of all parameters. Inputs are the scalars that there are, then weight, gradient, m and v of each parameter, in the
 * model's order; `scalars` has the number of each one's scalars. Outputs w, m and v of each.
 *
 * Vectors that share their scalars are joined, and come first: ONNX Runtime orders a recorded step back from its last outputs, so
 * that each weight's gradient is used and gone before the next layer's is computed. Other small tensors are left apart: their
 * gradients would have to wait for each other, and with them the activations that they are made of.
 */
export function adamUpdates(inputs: number): NativeKernel {
  const countOf = (attributes: Attributes) => (attributes['scalars'] as number[]).length;
  return {
    name: 'AdamUpdates',
    inputs: Array.from({ length: inputs }, (_, i) => String(i)),
    outputs: (tensors, attributes) => {
      const weights = tensors.slice(-4 * countOf(attributes)).filter((_, i) => i % 4 === 0);
      return weights.flatMap((weight) =>
        Array.from({ length: 3 }, () => ({ shape: weight!.shape, dtype: 'float32' as const })),
      );
    },
    emit: (e, values, attributes, specs) => {
      const places = attributes['scalars'] as number[];
      const tensors = values.slice(-4 * places.length);
      const updates = places.map((place, i) => ({
        scalars: values[place]!,
        tensors: tensors.slice(4 * i, 4 * i + 4) as [Value, Value, Value, Value],
        results: [] as string[],
      }));
      const vectors = updates.filter((update) => update.tensors[0].shape.length === 1);
      for (const shared of new Set(vectors.map(({ scalars }) => scalars))) {
        const group = vectors.filter(({ scalars }) => scalars === shared);
        const results = emitJoined(
          e,
          group.map((update) => update.tensors),
          shared,
        );
        group.forEach((update, i) => (update.results = results[i]!));
      }
      for (const update of updates) {
        if (vectors.includes(update)) continue;
        const [weight, gradient, m, v] = update.tensors.map((tensor) => e.plain(tensor)) as [
          string,
          string,
          string,
          string,
        ];
        update.results = emitUpdate(e, { weight, gradient, m, v }, update.scalars, update.tensors[0].shape);
      }
      return updates.flatMap(({ results }, i) =>
        results.map((name) => plainValue(specs[3 * i]!.shape, name)),
      );
    },
  };
}
