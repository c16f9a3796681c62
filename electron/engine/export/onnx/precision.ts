import { elementCodes } from '../../backend/onnx/fields.ts';
import { halvesOf, largestHalf, smallestNormalHalf } from '../../numbers/float16.ts';
import type { FoldedWeights } from '../../models/inference/fold.ts';
import type { Operator, WeightedOperator } from '../../models/inference/graph.ts';
import { toTorch, torchShape } from '../../models/weights/layout.ts';
import type { NamedGraph } from './named-graph.ts';

/** How a file holds a network's numbers: what the mapping of operators to nodes (operators.ts) leaves open. */
export interface Precision {
  /**
   * Adds an operator's weights, folded, to the graph. Gives the names of the float values with its filter, in PyTorch's layout
   * (output channels first), and its bias.
   */
  weights: (
    graph: NamedGraph,
    operator: WeightedOperator,
    folded: FoldedWeights,
  ) => { weight: string; bias: string };
  /**
   * What an operator reads in place of a value. `value`: its name in the network's graph; `name`: in the file's. Asked once for
   * every reader; the last value, the logits, has none.
   */
  read: (graph: NamedGraph, value: string, name: string, reader: Operator) => string;
  /** What the second node of an operator reads in place of what its first one gave, called `name`. */
  between: (graph: NamedGraph, operator: Operator, name: string) => string;
  /** Whether storing an operator's result cuts it off where its activation function does. */
  clamps: (operator: Operator) => boolean;
}

/** A filter in PyTorch's layout. */
export const torchFilter = ({ kind, folding: { shape } }: WeightedOperator, { weight }: FoldedWeights) => ({
  dims: torchShape(kind, shape),
  data: toTorch(kind, shape, weight),
});

const addBias = (graph: NamedGraph, { name }: Operator, { bias }: FoldedWeights) =>
  graph.constant(`${name}.bias`, 'float32', [bias.length], bias);

/** All numbers as float32. */
export const float32: Precision = {
  weights(graph, operator, folded) {
    const { dims, data } = torchFilter(operator, folded);
    const weight = graph.constant(`${operator.name}.weight`, 'float32', dims, data);
    return { weight, bias: addBias(graph, operator, folded) };
  },
  read: (_graph, _value, name) => name,
  between: (_graph, _operator, name) => name,
  clamps: () => false,
};

/**
 * Why a filter's digits would be lost as halves, as the end of a sentence; null where none are. Within the range of normal halves
 * the largest weight moves by at most 2^-11 of itself, and a small one that becomes 0 by less than that.
 */
function unfitForHalf(weights: Float32Array): string | null {
  let greatest = 0;
  for (const weight of weights) greatest = Math.max(greatest, Math.abs(weight));
  if (!Number.isFinite(greatest)) return 'they are not all finite';
  if (greatest > largestHalf) return `the largest, ${greatest.toPrecision(3)}, is above ${largestHalf}`;
  if (greatest > 0 && greatest < smallestNormalHalf)
    return `the largest, ${greatest.toPrecision(3)}, is below ${smallestNormalHalf.toPrecision(2)}`;
  return null;
}

/**
 * Filters as float16, with a cast to float32 before each use: half the size, computed as float32. Biases stay float32, and so do
 * filters beyond the range of float16; `notes` collects a sentence for each of those.
 */
export function float16(notes: string[]): Precision {
  return {
    ...float32,
    weights(graph, operator, folded) {
      const { dims, data } = torchFilter(operator, folded);
      const reason = unfitForHalf(data);
      if (reason !== null) {
        notes.push(`${operator.name} keeps float32 weights: ${reason}.`);
        return float32.weights(graph, operator, folded);
      }
      const name = `${operator.name}.weight`;
      const stored = graph.constant(`${name}.float16`, 'float16', dims, halvesOf(data));
      return {
        weight: graph.node(name, 'Cast', [stored], { to: elementCodes.float32 }),
        bias: addBias(graph, operator, folded),
      };
    },
  };
}
