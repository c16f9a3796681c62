import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { type Activation, batchNormEpsilon } from '../../backend/ops/batch-norm.ts';
import { linearShape, outputShapeOf } from '../describe.ts';
import { networkOf } from '../index.ts';
import type { FilterOptions, Layers, Network } from '../layers.ts';
import {
  type FoldedNorm,
  type Folding,
  type InferenceGraph,
  inputName,
  isWeighted,
  type NonlinearOperator,
  type Operator,
} from './graph.ts';

/** A value while the network is traced. */
interface Value {
  name: string;
  shape: number[];
  /** A norm's scale and shift that no operator has taken in yet: the layer that reads the value does. */
  pending: FoldedNorm | null;
}

const moduleOf = (name: string): string => name.slice(0, name.lastIndexOf('.') + 1);
const channelsOf = ({ shape }: Value): number => shape.at(-1)!;

/** The layers over names of values; each adds its operator to the list. */
function graphLayers(operators: Operator[]): Layers<Value> {
  const add = (operator: Operator): Value => {
    operators.push(operator);
    return { name: operator.name, shape: operator.shape, pending: null };
  };
  const producer = ({ name }: Value): Operator | undefined => operators.find((one) => one.name === name);
  const folding = (name: string, shape: number[], options: Partial<Folding> = {}): Folding => ({
    weight: `${name}.weight`,
    shape,
    bias: null,
    normAfter: null,
    normBefore: null,
    scaleAfter: null,
    ...options,
  });
  /** The value's name for a reader that takes no norm in: a map's scale and shift become a convolution of their own. */
  const named = (value: Value): string => {
    const { name, shape, pending } = value;
    if (pending === null) return name;
    if (pending.epsilon !== null || shape.length !== 3)
      throw new Error(`No linear layer reads the norm "${pending.name}".`);
    const scaled = add({
      kind: 'depthwise',
      name: `${pending.name}.affine`,
      inputs: [name],
      shape,
      kernel: 1,
      stride: 1,
      padding: 0,
      folding: folding(pending.name, [1, 1, channelsOf(value), 1], { bias: `${pending.name}.bias` }),
      activation: 'none',
    });
    Object.assign(value, scaled);
    return value.name;
  };
  const globalPool = (kind: 'globalAveragePool' | 'globalMaxPool') => (name: string, x: Value) =>
    add({ kind, name, inputs: [named(x)], shape: [channelsOf(x)] });
  const biasOf = (name: string, { bias }: FilterOptions) => (bias ? `${name}.bias` : null);
  const nonlinear = (x: Value, nonlinearity: NonlinearOperator['nonlinearity']): Value =>
    add({
      kind: 'nonlinear',
      name: `${named(x)}.${nonlinearity.replace('-', '_')}`,
      inputs: [x.name],
      shape: x.shape,
      nonlinearity,
    });
  const multiply = (name: string, a: Value, b: Value): Value =>
    add({ kind: 'multiply', name, inputs: [named(a), named(b)], shape: a.shape });
  const sum = (name: string, a: Value, b: Value, activation: Activation): Value =>
    add({ kind: 'add', name, inputs: [named(a), named(b)], shape: a.shape, activation });

  return {
    conv(name, x, options) {
      const { channels, kernel, stride, padding } = options;
      // Where nothing is padded, a shift before it is one behind it.
      const takesNorm = padding === 0;
      return add({
        kind: 'conv',
        name,
        inputs: [takesNorm ? x.name : named(x)],
        shape: outputShapeOf(x.shape, options, channels),
        kernel,
        stride,
        padding,
        folding: folding(name, [kernel, kernel, channelsOf(x), channels], {
          bias: biasOf(name, options),
          normBefore: takesNorm ? x.pending : null,
        }),
        activation: options.bias?.activation ?? 'none',
      });
    },
    depthwise(name, x, options) {
      const { kernel, stride, padding } = options;
      const channels = channelsOf(x);
      return add({
        kind: 'depthwise',
        name,
        inputs: [named(x)],
        shape: outputShapeOf(x.shape, options, channels),
        kernel,
        stride,
        padding,
        folding: folding(name, [kernel, kernel, channels, 1], { bias: biasOf(name, options) }),
        activation: options.bias?.activation ?? 'none',
      });
    },
    norm(name, x, { activation = 'none', skip, epsilon = batchNormEpsilon } = {}) {
      const before = producer(x);
      const norm = { name, epsilon };
      if (before?.kind !== 'conv' && before?.kind !== 'depthwise') {
        if (activation !== 'none' || skip)
          throw new Error(`The batch norm "${name}" follows no convolution.`);
        return { ...x, name: named(x), pending: norm };
      }
      before.folding.normAfter = norm;
      if (!skip) {
        before.activation = activation;
        return x;
      }
      return sum(`${moduleOf(name)}add`, x, skip(), activation);
    },
    layerNorm(name, x, epsilon) {
      const normalised = add({ kind: 'normalise', name, inputs: [named(x)], shape: x.shape, epsilon });
      return { ...normalised, pending: { name, epsilon: null } };
    },
    linear(name, x, { units, bias }) {
      const weights = { bias: bias ? `${name}.bias` : null, normBefore: x.pending };
      const shape = linearShape(x.shape, units);
      const common = { name, inputs: [x.name], shape, activation: 'none' as const };
      const [inputs, isVector] = [channelsOf(x), x.shape.length === 1];
      // Filters of PyTorch's linear layers and 1x1 convolutions hold the same numbers in the same order.
      return isVector
        ? add({ kind: 'linear', ...common, folding: folding(name, [inputs, units], weights) })
        : add({
            kind: 'conv',
            ...common,
            kernel: 1,
            stride: 1,
            padding: 0,
            folding: folding(name, [1, 1, inputs, units], weights),
          });
    },
    maxPool: (name, x, options) =>
      add({
        kind: 'maxPool',
        name,
        inputs: [named(x)],
        shape: outputShapeOf(x.shape, options, channelsOf(x)),
        ...options,
      }),
    globalAveragePool: globalPool('globalAveragePool'),
    globalMaxPool: globalPool('globalMaxPool'),
    concat: (a, b) =>
      add({
        kind: 'concat',
        name: `${moduleOf(b.name)}concat`,
        inputs: [named(a), named(b)],
        shape: a.shape.with(-1, channelsOf(a) + channelsOf(b)),
      }),
    halves(x) {
      const half = channelsOf(x) / 2;
      const slice = (begin: number, end: string) =>
        add({
          kind: 'slice',
          name: `${named(x)}.${end}`,
          inputs: [x.name],
          shape: x.shape.with(-1, half),
          begin,
        });
      return [slice(0, 'first'), slice(half, 'second')];
    },
    shuffle: (x, groups) =>
      add({ kind: 'shuffle', name: `${named(x)}.shuffle`, inputs: [x.name], shape: x.shape, groups }),
    relu(x) {
      const before = producer(x);
      if (before?.kind !== 'linear') throw new Error(`The ReLU after "${named(x)}" follows no linear layer.`);
      before.activation = 'relu';
      return x;
    },
    nonlinear: (x, kind) =>
      kind === 'silu' ? multiply(`${named(x)}.silu`, x, nonlinear(x, 'sigmoid')) : nonlinear(x, kind),
    gate: (x, gates) => multiply(`${named(gates)}.gate`, x, gates),
    scale(name, x) {
      const before = producer(x);
      if (!before || !isWeighted(before) || before.activation !== 'none')
        throw new Error(`The scale "${name}" follows no convolution.`);
      before.folding.scaleAfter = name;
      return x;
    },
    add: (a, b) => sum(`${named(a)}.add`, a, b, 'none'),
    dropout: (x) => x,
    stochasticDepth: (x) => x,
    stage: (_, x) => x,
    penultimate: (x) => x,
  };
}

/** The graph of a network for square images of `size` pixels. Nothing of its weights is needed or allocated. */
export function traceNetwork(network: Network, classes: number, size: number): InferenceGraph {
  const operators: Operator[] = [];
  const layers = graphLayers(operators);
  const image: Value = { name: inputName, shape: [size, size, 3], pending: null };
  const logits = network.reduce((x, section) => section(layers, x), image);
  return { size, operators, output: logits.name, classes };
}

/** The graph of a recipe's network. */
export const inferenceGraph = (recipe: ModelRecipe, classes: number, size: number): InferenceGraph =>
  traceNetwork(networkOf(recipe, classes), classes, size);
