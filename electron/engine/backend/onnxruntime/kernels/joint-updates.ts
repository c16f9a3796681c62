import type { Emitter } from '../emitter.ts';
import type { Attributes, NativeKernel } from '../kernel.ts';
import { size } from '../kernel.ts';
import { plainValue, type Value } from '../layout.ts';

/** What a kernel computes for one parameter: names of the results from names of the inputs, all of one shape. */
export interface ParameterUpdate {
  /** Of each parameter; the first is the one whose shape all have. */
  inputs: number;
  outputs: number;
  emit: (
    e: Emitter,
    inputs: readonly string[],
    scalars: Value,
    at: { shape: readonly number[]; attributes: Attributes },
  ) => string[];
}

/** The same of vectors end to end in one: a node costs more than its work on them. Gives the results of each. */
function emitJoined(
  e: Emitter,
  update: ParameterUpdate,
  vectors: readonly (readonly Value[])[],
  scalars: Value,
  attributes: Attributes,
): string[][] {
  const sizes = vectors.map(([weight]) => size(weight!.shape));
  const total = sizes.reduce((a, b) => a + b, 0);
  const joined = Array.from({ length: update.inputs }, (_, place) => {
    const parts = vectors.map((tensors) => e.plain(tensors[place]!));
    return e.op('Concat', parts, { axis: 0 });
  });
  const results = update
    .emit(e, joined, scalars, { shape: [total], attributes })
    .map((name) => e.split(name, sizes, 0));
  return vectors.map((_, i) => results.map((parts) => parts[i]!));
}

/**
 * The update of all parameters. Inputs are the scalars that there are, then those of each parameter, in the model's order; the
 * attribute `scalars` has the number of each one's scalars. Outputs the results of each.
 *
 * Vectors that share their scalars are joined, and come first: ONNX Runtime orders a recorded step back from its last outputs, so
 * that each weight's gradient is used and gone before the next layer's is computed. Other small tensors are left apart: their
 * gradients would have to wait for each other, and with them the activations that they are made of.
 */
export const jointUpdates =
  (name: string, update: ParameterUpdate) =>
  (inputs: number): NativeKernel => ({
    name,
    inputs: Array.from({ length: inputs }, (_, i) => String(i)),
    outputs: (tensors, attributes) => {
      const count = (attributes['scalars'] as number[]).length;
      const weights = tensors.slice(-update.inputs * count).filter((_, i) => i % update.inputs === 0);
      return weights.flatMap((weight) =>
        Array.from({ length: update.outputs }, () => ({ shape: weight!.shape, dtype: 'float32' as const })),
      );
    },
    emit: (e, values, attributes, specs) => {
      const places = attributes['scalars'] as number[];
      const tensors = values.slice(-update.inputs * places.length);
      const parameters = places.map((place, i) => ({
        scalars: values[place]!,
        tensors: tensors.slice(update.inputs * i, update.inputs * (i + 1)),
        results: [] as string[],
      }));
      const vectors = parameters.filter((parameter) => parameter.tensors[0]!.shape.length === 1);
      for (const shared of new Set(vectors.map(({ scalars }) => scalars))) {
        const group = vectors.filter(({ scalars }) => scalars === shared);
        const joined = group.map((parameter) => parameter.tensors);
        const results = emitJoined(e, update, joined, shared, attributes);
        group.forEach((parameter, i) => (parameter.results = results[i]!));
      }
      for (const parameter of parameters) {
        if (vectors.includes(parameter)) continue;
        const names = parameter.tensors.map((tensor) => e.plain(tensor));
        const { shape } = parameter.tensors[0]!;
        parameter.results = update.emit(e, names, parameter.scalars, { shape, attributes });
      }
      const names = parameters.flatMap(({ results }) => results);
      return names.map((name, i) => plainValue(specs[i]!.shape, name));
    },
  });

/** x + scale * y in one pass over memory: GatedAdd takes a factor for each row of tensors of this shape. */
export function rowAdd(
  e: Emitter,
  shape: readonly number[],
): (x: string, y: string, scale: string) => string {
  const rows = e.ints(...shape.slice(0, -1), 1);
  return (x, y, scale) => e.microsoftOp('GatedAdd', [x, y, e.op('Expand', [scale, rows])]);
}
