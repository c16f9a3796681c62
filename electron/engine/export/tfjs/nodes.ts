import type { Activation } from '../../backend/ops/batch-norm.ts';
import type { FoldedWeights } from '../../models/inference/fold.ts';
import {
  type ConvOperator,
  type InferenceGraph,
  inputName,
  isRectified,
  isWeighted,
  type LinearOperator,
  type MaxPoolOperator,
  type NonlinearOperator,
  type NormaliseOperator,
  type Operator,
  type ShuffleOperator,
  type WeightedOperator,
} from '../../models/inference/graph.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { float32, int32, integer, integers, type NodeDef, shapeDef, text, texts } from './graph-def.ts';
import type { WeightList } from './weight-list.ts';

/** Of the graph's value with the normalised image; `inputName` is the placeholder's. */
const normalised = 'normalised';

const activationOps: Record<Activation, string | null> = { none: null, relu: 'Relu', relu6: 'Relu6' };

const fusedAttributes = (activation: Activation): NodeDef['attr'] => {
  const op = activationOps[activation];
  return { T: float32, num_args: integer(1), fused_ops: texts(['BiasAdd', ...(op === null ? [] : [op])]) };
};

const onMaps = (window: { stride: number }): NodeDef['attr'] => ({
  T: float32,
  strides: integers([1, window.stride, window.stride, 1]),
  data_format: text('NHWC'),
});

function convolution(operator: ConvOperator, inputs: string[]): NodeDef {
  const { kind, name, padding, activation } = operator;
  // TensorFlow's SAME pads a stride of 2 on one side only.
  const explicit = [0, 0, padding, padding, padding, padding, 0, 0];
  return {
    name,
    op: kind === 'conv' ? '_FusedConv2D' : 'FusedDepthwiseConv2dNative',
    input: inputs,
    attr: {
      ...onMaps(operator),
      ...fusedAttributes(activation),
      dilations: integers([1, 1, 1, 1]),
      padding: text(padding === 0 ? 'VALID' : 'EXPLICIT'),
      ...(padding === 0 ? {} : { explicit_paddings: integers(explicit) }),
    },
  };
}

const linear = ({ name, activation }: LinearOperator, input: string[]): NodeDef => ({
  name,
  op: '_FusedMatMul',
  input,
  attr: { ...fusedAttributes(activation), transpose_a: { b: false }, transpose_b: { b: false } },
});

/** tfjs pads its max pooling by SAME only: zeros first, which never win over a ReLU's outputs. */
function maxPool(
  operator: MaxPoolOperator,
  input: string,
  graph: InferenceGraph,
  weights: WeightList,
): NodeDef[] {
  const { name, padding, kernel, stride, shape } = operator;
  const attr = { ...onMaps(operator), ksize: integers([1, kernel, kernel, 1]), padding: text('VALID') };
  const side = graph.operators.find((one) => one.name === operator.inputs[0])?.shape[0] ?? graph.size;
  const after = Math.max(padding, (shape[0]! - 1) * stride + kernel - side - padding);
  if (padding === 0 && after === 0) return [{ name, op: 'MaxPool', input: [input], attr }];
  if (!isRectified(graph, operator.inputs[0]!)) throw new Error(`The max pooling "${name}" follows no ReLU.`);
  const sides = [0, 0, padding, after, padding, after, 0, 0];
  const paddings = weights.add(`${name}/paddings`, [4, 2], Int32Array.from(sides));
  return [
    { name: `${name}/pad`, op: 'Pad', input: [input, paddings], attr: { T: float32, Tpaddings: int32 } },
    { name, op: 'MaxPool', input: [`${name}/pad`], attr },
  ];
}

function globalPool(name: string, op: 'Mean' | 'Max', input: string, weights: WeightList): NodeDef {
  const axes = weights.add(`${name}/axes`, [2], Int32Array.of(1, 2));
  return { name, op, input: [input, axes], attr: { T: float32, Tidx: int32, keep_dims: { b: false } } };
}

/** Nodes of operators that are not one of tfjs's. */
class Chain {
  readonly nodes: NodeDef[] = [];
  readonly #name: string;
  readonly #weights: WeightList;

  /** `name`: of the operator, and of the last node. */
  constructor(name: string, weights: WeightList) {
    this.#name = name;
    this.#weights = weights;
  }

  /** Adds a node; gives its name, '<operator>/<suffix>'. */
  node(suffix: string, op: string, input: string[], attr: NodeDef['attr'] = {}): string {
    const name = suffix === '' ? this.#name : `${this.#name}/${suffix}`;
    this.nodes.push({ name, op, input, attr: { T: float32, ...attr } });
    return name;
  }

  number(suffix: string, value: number): string {
    return this.#weights.add(`${this.#name}/${suffix}`, [], Float32Array.of(value));
  }

  integers(suffix: string, values: readonly number[]): string {
    return this.#weights.add(`${this.#name}/${suffix}`, [values.length], Int32Array.from(values));
  }

  reshape(suffix: string, input: string, shape: readonly number[]): string {
    const at = suffix === '' ? 'result' : suffix;
    return this.node(suffix, 'Reshape', [input, this.integers(`${at}_shape`, shape)], { Tshape: int32 });
  }
}

function nonlinear(chain: Chain, kind: NonlinearOperator['nonlinearity'], x: string): void {
  const gate = (suffix: string): string => {
    const shifted = chain.node('shifted', 'AddV2', [x, chain.number('three', 3)]);
    const clipped = chain.node('clipped', 'Relu6', [shifted]);
    return chain.node(suffix, 'Mul', [clipped, chain.number('sixth', 1 / 6)]);
  };
  switch (kind) {
    case 'sigmoid':
      chain.node('', 'Sigmoid', [x]);
      return;
    case 'hard-sigmoid':
      gate('');
      return;
    case 'hard-swish':
      chain.node('', 'Mul', [x, gate('gate')]);
      return;
    case 'gelu': {
      const scaled = chain.node('scaled', 'Mul', [x, chain.number('root', Math.SQRT1_2)]);
      const shifted = chain.node('shifted', 'AddV2', [
        chain.node('erf', 'Erf', [scaled]),
        chain.number('one', 1),
      ]);
      const half = chain.node('half', 'Mul', [x, chain.number('half_of', 0.5)]);
      chain.node('', 'Mul', [half, shifted]);
    }
  }
}

function normalise(chain: Chain, { epsilon }: NormaliseOperator, x: string): void {
  const axis = chain.integers('axis', [-1]);
  const mean = (suffix: string, of: string) =>
    chain.node(suffix, 'Mean', [of, axis], { Tidx: int32, keep_dims: { b: true } });
  const average = mean('mean', x);
  const variance = mean('variance', chain.node('squares', 'SquaredDifference', [x, average]));
  const raised = chain.node('raised', 'AddV2', [variance, chain.number('epsilon', epsilon)]);
  const centred = chain.node('centred', 'Sub', [x, average]);
  chain.node('', 'Mul', [centred, chain.node('factor', 'Rsqrt', [raised])]);
}

function shuffle(chain: Chain, { shape, groups }: ShuffleOperator, x: string): void {
  const channels = shape.at(-1)!;
  const grouped = chain.reshape('groups', x, [-1, groups, channels / groups]);
  const turned = chain.node('turned', 'Transpose', [grouped, chain.integers('order', [0, 2, 1])], {
    Tperm: int32,
  });
  chain.reshape('', turned, [-1, ...shape]);
}

function nodesOf(
  operator: Operator,
  graph: InferenceGraph,
  weights: WeightList,
  folded: (operator: WeightedOperator) => FoldedWeights,
): NodeDef[] {
  const { name } = operator;
  const inputs = operator.inputs.map((input) => (input === inputName ? normalised : input));
  if (isWeighted(operator)) {
    const { weight, bias } = folded(operator);
    const all = [
      ...inputs,
      weights.add(`${name}/weight`, operator.folding.shape, weight),
      weights.add(`${name}/bias`, [bias.length], bias),
    ];
    return [operator.kind === 'linear' ? linear(operator, all) : convolution(operator, all)];
  }
  const chain = new Chain(name, weights);
  switch (operator.kind) {
    case 'multiply': {
      const [x, y] = inputs as [string, string];
      const second = graph.operators.find((one) => one.name === operator.inputs[1])!;
      const isGate = operator.shape.length === 3 && second.shape.length === 1;
      chain.node('', 'Mul', [x, isGate ? chain.reshape('gates', y, [-1, 1, 1, ...second.shape]) : y]);
      return chain.nodes;
    }
    case 'nonlinear':
      nonlinear(chain, operator.nonlinearity, inputs[0]!);
      return chain.nodes;
    case 'normalise':
      normalise(chain, operator, inputs[0]!);
      return chain.nodes;
    case 'slice': {
      const begin = chain.integers('begin', [0, 0, 0, operator.begin]);
      const size = chain.integers('size', [-1, ...operator.shape]);
      chain.node('', 'Slice', [inputs[0]!, begin, size], { Index: int32 });
      return chain.nodes;
    }
    case 'shuffle':
      shuffle(chain, operator, inputs[0]!);
      return chain.nodes;
    case 'add': {
      const op = activationOps[operator.activation];
      const sum = op === null ? name : `${name}/sum`;
      return [
        { name: sum, op: 'AddV2', input: inputs, attr: { T: float32 } },
        ...(op === null ? [] : [{ name, op, input: [sum], attr: { T: float32 } }]),
      ];
    }
    case 'maxPool':
      return maxPool(operator, inputs[0]!, graph, weights);
    case 'globalAveragePool':
      return [globalPool(name, 'Mean', inputs[0]!, weights)];
    case 'globalMaxPool':
      return [globalPool(name, 'Max', inputs[0]!, weights)];
    case 'concat': {
      const axis = weights.add(`${name}/axis`, [], Int32Array.of(-1));
      return [
        { name, op: 'ConcatV2', input: [...inputs, axis], attr: { T: float32, Tidx: int32, N: integer(2) } },
      ];
    }
  }
}

/**
 * The whole graph: pixels 0 to 255 as 'image', [n, size, size, 3], to 'logits' and 'probabilities', [n, classes]. Its constants go
 * to `weights`.
 */
export function graphNodes(network: TrainedNetwork, weights: WeightList): NodeDef[] {
  const { graph, image } = network;
  // (pixel / 255 - mean) / std
  const scale = weights.add(
    'scale',
    [3],
    Float32Array.from(image.std, (std) => 1 / (255 * std)),
  );
  const shift = weights.add(
    'shift',
    [3],
    Float32Array.from(image.std, (std, i) => -image.mean[i]! / std),
  );
  const T = float32;
  const nodes: NodeDef[] = [
    // Without a dtype, which tfjs would insist on: tf.browser.fromPixels gives int32.
    {
      name: inputName,
      op: 'Placeholder',
      attr: { shape: { shape: shapeDef([-1, graph.size, graph.size, 3]) } },
    },
    { name: 'pixels', op: 'Cast', input: [inputName], attr: { DstT: T } },
    { name: 'scaled', op: 'Mul', input: ['pixels', scale], attr: { T } },
    { name: normalised, op: 'AddV2', input: ['scaled', shift], attr: { T } },
    ...graph.operators.flatMap((operator) => nodesOf(operator, graph, weights, network.weights)),
    { name: 'logits', op: 'Identity', input: [graph.output], attr: { T } },
    { name: 'probabilities', op: 'Softmax', input: ['logits'], attr: { T } },
  ];
  return [...weights.nodes, ...nodes];
}
