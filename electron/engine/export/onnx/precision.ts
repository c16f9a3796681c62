import { elementCodes } from '../../backend/onnx/fields.ts';
import { halfBits, largestHalf, smallestNormalHalf } from '../../float16.ts';
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
};

/** Why a filter cannot be halved, as the end of a sentence; null where it can. */
function unfitForHalf(weights: Float32Array): string | null {
  let greatest = 0;
  for (const weight of weights) greatest = Math.max(greatest, Math.abs(weight));
  // Halves round to infinity from 65520 on; here every weight that would move by more than rounding counts.
  if (!(greatest <= largestHalf)) return `its largest weight, ${greatest.toPrecision(3)}, is above 65504`;
  // Below the smallest normal half, digits are lost.
  if (greatest > 0 && greatest < smallestNormalHalf)
    return `its largest weight, ${greatest.toPrecision(3)}, is below 0.000061`;
  return null;
}

/**
 * Filters as float16, with a cast to float32 before each use: half the size, computed as float32. Biases stay float32, and so do
 * filters beyond the range of float16; `notes` collects a sentence for each of those, and one for weights that became 0.
 */
export function float16(notes: string[]): Precision {
  return {
    weights(graph, operator, folded) {
      const { dims, data } = torchFilter(operator, folded);
      const reason = unfitForHalf(data);
      if (reason !== null) {
        notes.push(`${operator.name} keeps float32 weights: ${reason}.`);
        return float32.weights(graph, operator, folded);
      }
      const halves = Uint16Array.from(data, halfBits);
      const lost = data.filter((weight, i) => weight !== 0 && (halves[i]! & 0x7fff) === 0).length;
      if (lost > 0)
        notes.push(
          `${operator.name}: ${lost} of ${data.length} weights are too small for float16 and became 0.`,
        );
      const name = `${operator.name}.weight`;
      const stored = graph.constant(`${name}.float16`, 'float16', dims, halves);
      return {
        weight: graph.node(name, 'Cast', [stored], { to: elementCodes.float32 }),
        bias: addBias(graph, operator, folded),
      };
    },
    read: float32.read,
  };
}
