import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { outputShapeOf } from '../describe.ts';
import { networkOf } from '../index.ts';
import type { Layers, Network } from '../layers.ts';
import { type InferenceGraph, inputName, type Operator, type WeightedOperator } from './graph.ts';

/** A value while the network is traced. */
interface Value {
  name: string;
  shape: number[];
  /** A batch norm that has no layer before it: the linear layer that reads the value takes it in. */
  pendingNorm: string | null;
}

const moduleOf = (name: string): string => name.slice(0, name.lastIndexOf('.') + 1);

/** The layers over names of values; each adds its operator to the list. */
function graphLayers(operators: Operator[]): Layers<Value> {
  const add = (operator: Operator): Value => {
    operators.push(operator);
    return { name: operator.name, shape: operator.shape, pendingNorm: null };
  };
  const named = ({ name, pendingNorm }: Value): string => {
    if (pendingNorm !== null) throw new Error(`No linear layer reads the batch norm "${pendingNorm}".`);
    return name;
  };
  const producer = ({ name }: Value): Operator | undefined => operators.find((one) => one.name === name);
  const folding = (name: string, shape: number[]): WeightedOperator['folding'] => ({
    weight: `${name}.weight`,
    shape,
    bias: null,
    normAfter: null,
    normBefore: null,
  });
  const globalPool = (kind: 'globalAveragePool' | 'globalMaxPool') => (name: string, x: Value) =>
    add({ kind, name, inputs: [named(x)], shape: [x.shape.at(-1)!] });

  return {
    conv(name, x, { channels, ...window }) {
      const { kernel, stride, padding } = window;
      return add({
        kind: 'conv',
        name,
        inputs: [named(x)],
        shape: outputShapeOf(x.shape, window, channels),
        kernel,
        stride,
        padding,
        folding: folding(name, [kernel, kernel, x.shape.at(-1)!, channels]),
        activation: 'none',
      });
    },
    depthwise(name, x, { kernel, stride, padding }) {
      const channels = x.shape.at(-1)!;
      return add({
        kind: 'depthwise',
        name,
        inputs: [named(x)],
        shape: outputShapeOf(x.shape, { kernel, stride, padding }, channels),
        kernel,
        stride,
        padding,
        folding: folding(name, [kernel, kernel, channels, 1]),
        activation: 'none',
      });
    },
    norm(name, x, { activation = 'none', skip } = {}) {
      const before = producer(x);
      if (before?.kind !== 'conv' && before?.kind !== 'depthwise') {
        if (activation !== 'none' || skip)
          throw new Error(`The batch norm "${name}" follows no convolution.`);
        return { ...x, name: named(x), pendingNorm: name };
      }
      before.folding.normAfter = name;
      if (!skip) {
        before.activation = activation;
        return x;
      }
      const inputs = [x.name, named(skip())];
      return add({ kind: 'add', name: `${moduleOf(name)}add`, inputs, shape: x.shape, activation });
    },
    linear(name, x, { units, bias }) {
      return add({
        kind: 'linear',
        name,
        inputs: [x.name],
        shape: [units],
        folding: {
          ...folding(name, [x.shape.at(-1)!, units]),
          bias: bias ? `${name}.bias` : null,
          normBefore: x.pendingNorm,
        },
        activation: 'none',
      });
    },
    maxPool: (name, x, { kernel, stride, padding }) =>
      add({
        kind: 'maxPool',
        name,
        inputs: [named(x)],
        shape: outputShapeOf(x.shape, { kernel, stride, padding }, x.shape.at(-1)!),
        kernel,
        stride,
        padding,
      }),
    globalAveragePool: globalPool('globalAveragePool'),
    globalMaxPool: globalPool('globalMaxPool'),
    concat: (a, b) =>
      add({
        kind: 'concat',
        name: `${moduleOf(a.name)}concat`,
        inputs: [named(a), named(b)],
        shape: [a.shape.at(-1)! + b.shape.at(-1)!],
      }),
    relu(x) {
      const before = producer(x);
      if (before?.kind !== 'linear') throw new Error(`The ReLU after "${named(x)}" follows no linear layer.`);
      before.activation = 'relu';
      return x;
    },
    dropout: (x) => x,
    stage: (_, x) => x,
  };
}

/** The graph of a network for square images of `size` pixels. Nothing of its weights is needed or allocated. */
export function traceNetwork(network: Network, classes: number, size: number): InferenceGraph {
  const operators: Operator[] = [];
  const layers = graphLayers(operators);
  const image: Value = { name: inputName, shape: [size, size, 3], pendingNorm: null };
  const logits = network.reduce((x, section) => section(layers, x), image);
  return { size, operators, output: logits.name, classes };
}

/** The graph of a recipe's network. */
export const inferenceGraph = (recipe: ModelRecipe, classes: number, size: number): InferenceGraph =>
  traceNetwork(networkOf(recipe, classes), classes, size);
