import type { Attribute } from '../../backend/onnx/encode.ts';
import type { Activation } from '../../backend/ops/batch-norm.ts';
import { inputName, isWeighted, type Operator } from '../../models/inference/graph.ts';
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
  attributes?: Record<string, Attribute>;
}

const windowAttributes = ({ kernel, stride, padding }: Window) => ({
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

/** The nodes of an operator; activations are NCHW. Adds its weights to the graph. */
function stepsOf(
  graph: NamedGraph,
  operator: Operator,
  { weights }: Pick<TrainedNetwork, 'weights'>,
  precision: Precision,
): Step[] {
  if (isWeighted(operator)) {
    const { weight, bias } = precision.weights(graph, operator, weights(operator));
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
    case 'maxPool':
      return [{ suffix: '', op: 'MaxPool', attributes: windowAttributes(operator) }];
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
    for (const [i, { suffix, op, also = [], attributes = {} }] of steps.entries()) {
      const isResult = operator.name === network.graph.output && i === steps.length - 1;
      const name = `${operator.name}${suffix}`;
      const value = isResult ? logits : name;
      if (i === 1) inputs = [precision.between(graph, operator, inputs[0]!)];
      inputs = [graph.node(name, op, [...inputs, ...also], attributes, { value })];
    }
    names.set(operator.name, inputs[0]!);
  }
  return names;
}
