import type { Attribute } from '../../backend/onnx/encode.ts';
import type { Activation } from '../../backend/ops/batch-norm.ts';
import {
  inputName,
  isWeighted,
  type NonlinearOperator,
  type NormaliseOperator,
  type Operator,
} from '../../models/inference/graph.ts';
import type { Window } from '../../models/layers.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import type { NamedGraph } from './named-graph.ts';
import type { Precision } from './precision.ts';

/** One node of an operator: the first reads the operator's inputs, each other the node before it; both then read `also`. */
interface Step {
  /** Behind the operator's name. */
  suffix: string;
  op: string;
  also?: string[];
  /** Reads the operator's first input before all else. */
  again?: true;
  /** The second input is a vector [n, channels] for a map: so many axes of one pixel are put behind it. */
  pixels?: 1;
  attributes?: Record<string, Attribute>;
}

const windowAttributes = ({ kernel, stride, padding }: Window): Record<string, Attribute> => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

function activationSteps(
  graph: NamedGraph,
  operator: Operator & { activation: Activation },
  precision: Precision,
): Step[] {
  switch (precision.clamps(operator) ? 'none' : operator.activation) {
    case 'none':
      return [];
    case 'relu':
      return [{ suffix: '.relu', op: 'Relu' }];
    case 'relu6':
      return [
        {
          suffix: '.relu6',
          op: 'Clip',
          also: [graph.scalar('relu6.min', 0), graph.scalar('relu6.max', 6)],
        },
      ];
  }
}

/** [n, channels, height, width] -> [n, channels]. */
const globalPool = (op: string): Step[] => [
  { suffix: '', op },
  { suffix: '.flatten', op: 'Flatten', attributes: { axis: 1 } },
];

function nonlinearSteps(graph: NamedGraph, { nonlinearity }: NonlinearOperator): Step[] {
  switch (nonlinearity) {
    case 'hard-swish':
      return [{ suffix: '', op: 'HardSwish' }];
    case 'hard-sigmoid':
      return [
        { suffix: '', op: 'HardSigmoid', attributes: { alpha: { float: 1 / 6 }, beta: { float: 0.5 } } },
      ];
    case 'sigmoid':
      return [{ suffix: '', op: 'Sigmoid' }];
    // x * (erf(x / sqrt(2)) + 1) / 2: the operator Gelu is of a later opset. ONNX Runtime makes one node of them.
    case 'gelu':
      return [
        { suffix: '.scaled', op: 'Div', also: [graph.scalar('gelu.root', Math.SQRT2)] },
        { suffix: '.erf', op: 'Erf' },
        { suffix: '.shifted', op: 'Add', also: [graph.scalar('gelu.one', 1)] },
        { suffix: '.product', op: 'Mul', again: true },
        { suffix: '', op: 'Mul', also: [graph.scalar('gelu.half', 0.5)] },
      ];
  }
}

/** LayerNormalization over the channels, which lie last in it; its scale is the layer's that follows. */
function normaliseSteps(graph: NamedGraph, { name, shape, epsilon }: NormaliseOperator): Step[] {
  const channels = shape.at(-1)!;
  const ones = graph.constant(`${name}.ones`, 'float32', [channels], new Float32Array(channels).fill(1));
  const normalise = (suffix: string): Step => ({
    suffix,
    op: 'LayerNormalization',
    also: [ones],
    attributes: { axis: -1, epsilon: { float: epsilon } },
  });
  if (shape.length === 1) return [normalise('')];
  return [
    { suffix: '.pixels', op: 'Transpose', attributes: { perm: [0, 2, 3, 1] } },
    normalise('.normalised'),
    { suffix: '', op: 'Transpose', attributes: { perm: [0, 3, 1, 2] } },
  ];
}

/** The nodes of an operator; activations are NCHW. Adds its weights to the graph. */
function stepsOf(
  graph: NamedGraph,
  operator: Operator,
  network: Pick<TrainedNetwork, 'weights' | 'graph'>,
  precision: Precision,
): Step[] {
  if (isWeighted(operator)) {
    const { weight, bias } = precision.weights(graph, operator, network.weights(operator));
    const [op, attributes] =
      operator.kind === 'linear'
        ? ['Gemm', { transB: 1 }]
        : [
            'Conv',
            {
              ...windowAttributes(operator),
              group: operator.kind === 'depthwise' ? operator.shape[2]! : 1,
            },
          ];
    return [
      { suffix: '', op, also: [weight, bias], attributes },
      ...activationSteps(graph, operator, precision),
    ];
  }
  switch (operator.kind) {
    case 'add':
      return [{ suffix: '', op: 'Add' }, ...activationSteps(graph, operator, precision)];
    case 'multiply': {
      const [, second] = operator.inputs;
      const gates = network.graph.operators.find(({ name }) => name === second);
      const isVector = gates?.shape.length === 1 && operator.shape.length === 3;
      return [{ suffix: '', op: 'Mul', ...(isVector ? { pixels: 1 } : {}) }];
    }
    case 'nonlinear':
      return nonlinearSteps(graph, operator);
    case 'normalise':
      return normaliseSteps(graph, operator);
    case 'slice': {
      const channels = operator.shape.at(-1)!;
      const { begin } = operator;
      const range = [graph.integers([begin]), graph.integers([begin + channels]), graph.integers([1])];
      return [{ suffix: '', op: 'Slice', also: range }];
    }
    case 'shuffle': {
      const [height, width, channels] = operator.shape as [number, number, number];
      const { groups } = operator;
      const grouped = graph.integers([-1, groups, channels / groups, height * width]);
      return [
        { suffix: '.groups', op: 'Reshape', also: [grouped] },
        { suffix: '.turned', op: 'Transpose', attributes: { perm: [0, 2, 1, 3] } },
        { suffix: '', op: 'Reshape', also: [graph.integers([-1, channels, height, width])] },
      ];
    }
    case 'maxPool': {
      const attributes = { ...windowAttributes(operator), ...(operator.ceil ? { ceil_mode: 1 } : {}) };
      return [{ suffix: '', op: 'MaxPool', attributes }];
    }
    case 'globalAveragePool':
      return globalPool('GlobalAveragePool');
    case 'globalMaxPool':
      return globalPool('GlobalMaxPool');
    case 'concat':
      return [{ suffix: '', op: 'Concat', attributes: { axis: 1 } }];
  }
}

/**
 * Adds the nodes of a whole network, in its order. `image`: the value with the normalised image, [n, 3, size, size]; `logits`:
 * what the value with the logits, [n, classes], is called. Returns the names of the graph's values in the file.
 */
export function addNetwork(
  graph: NamedGraph,
  network: Pick<TrainedNetwork, 'graph' | 'weights'>,
  precision: Precision,
  { image, logits }: { image: string; logits: string },
): ReadonlyMap<string, string> {
  const names = new Map([[inputName, image]]);
  for (const operator of network.graph.operators) {
    const steps = stepsOf(graph, operator, network, precision);
    let inputs = operator.inputs.map((value) => precision.read(graph, value, names.get(value)!, operator));
    const own = inputs;
    for (const [i, { suffix, op, also = [], again, pixels, attributes = {} }] of steps.entries()) {
      const isResult = operator.name === network.graph.output && i === steps.length - 1;
      const name = `${operator.name}${suffix}`;
      const value = isResult ? logits : name;
      if (i === 1) inputs = [precision.between(graph, operator, inputs[0]!)];
      if (again) inputs = [own[0]!, ...inputs];
      if (pixels) {
        const axes = graph.integers([2, 3]);
        inputs = [inputs[0]!, graph.node(`${name}.pixel`, 'Unsqueeze', [inputs[1]!, axes])];
      }
      inputs = [graph.node(name, op, [...inputs, ...also], attributes, { value })];
    }
    names.set(operator.name, inputs[0]!);
  }
  return names;
}
