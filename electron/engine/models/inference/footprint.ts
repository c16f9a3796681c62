import type { Footprint } from '../../../contract/footprint.ts';
import { product } from '../describe.ts';
import { type InferenceGraph, inputName, isWeighted, type Operator } from './graph.ts';
import { lowered, stepValue } from './lowering.ts';
import { planPadding } from './padding.ts';

/** One step of a computation: an operator, or the padding before one. */
interface Step {
  reads: string[];
  writes: string;
  /** Numbers that it writes. */
  elements: number;
}

const pixels = 'pixels';

/** The padded copy of a window's input, where a runtime of TensorFlow Lite makes one. */
function paddingStep(operator: Operator, shapes: ReadonlyMap<string, number[]>): Step | null {
  if (!('padding' in operator)) return null;
  const [input] = operator.inputs;
  const [side, , channels] = shapes.get(input!)!;
  const { added } = planPadding(operator, side!, operator.shape[0]!);
  if (!added) return null;
  const padded = added.before + side! + added.after;
  return { reads: [input!], writes: `${operator.name}/pad`, elements: padded * padded * channels! };
}

/** All steps in order: the normalisation of the pixels first. */
function stepsOf({ size, operators }: InferenceGraph): Step[] {
  const shapes = new Map(operators.map(({ name, shape }) => [name, shape]));
  shapes.set(inputName, [size, size, 3]);
  const steps: Step[] = [{ reads: [pixels], writes: inputName, elements: size * size * 3 }];
  for (const operator of operators) {
    const padding = paddingStep(operator, shapes);
    if (padding) steps.push(padding);
    const reads = padding ? [padding.writes] : operator.inputs;
    const parts = lowered(operator);
    if (!parts) steps.push({ reads, writes: operator.name, elements: product(operator.shape) });
    for (const { name, inputs, shape } of parts ?? [])
      steps.push({
        reads: inputs.filter((input) => typeof input === 'string'),
        writes: stepValue(operator.name, name),
        elements: product(shape),
      });
  }
  return steps;
}

/** The largest sum, over the steps, of the numbers that were written and are read by this step or a later one, and of its own. */
function peakElements(steps: readonly Step[], input: number, output: string): number {
  const lastRead = new Map<string, number>([[output, steps.length]]);
  for (const [index, { reads }] of steps.entries())
    for (const value of reads) lastRead.set(value, Math.max(index, lastRead.get(value) ?? 0));
  const live = new Map<string, number>([[pixels, input]]);
  let [sum, peak] = [input, 0];
  for (const [index, { writes, elements }] of steps.entries()) {
    live.set(writes, elements);
    sum += elements;
    peak = Math.max(peak, sum);
    for (const [value, size] of live)
      if ((lastRead.get(value) ?? index) <= index) {
        live.delete(value);
        sum -= size;
      }
  }
  return peak;
}

/** Multiply-adds of the folded network: of convolutions and linear layers, a bias and an activation not counted. */
function multiplyAdds(operator: Operator): number {
  if (!isWeighted(operator)) return 0;
  const { kind, folding, shape } = operator;
  const outputs = product(shape);
  if (kind === 'linear') return product(folding.shape);
  // A scale of channels, which is a norm's and is not counted in norms either.
  if (kind === 'depthwise' && operator.kernel === 1) return 0;
  return kind === 'depthwise' ? outputs * operator.kernel ** 2 : outputs * product(folding.shape.slice(0, 3));
}

/** Bytes of a .tflite file beside its numbers, by its tensors (operators and their names are proportional): fitted to all families. */
const structures = { float: { each: 97, all: 2070 }, int8: { each: 131, all: 2780 } };
/** Scales and zero points of a weight and a bias, by an output channel. */
const channelBytes = 24;

/** Constants of an operator that is no padding. */
function constantsOf(operator: Operator): number {
  const parts = lowered(operator);
  if (parts) {
    const numbers = parts.flatMap(({ inputs }) => inputs).filter((input) => typeof input === 'number');
    const lists = parts.filter(({ kind }) => ['mean', 'reshape', 'transpose'].includes(kind));
    return numbers.length + lists.length;
  }
  if (isWeighted(operator) || operator.kind === 'slice') return 2;
  return operator.kind === 'globalAveragePool' || operator.kind === 'globalMaxPool' ? 1 : 0;
}

/** Tensors of a file: values, filters and biases, other constants, and those around the network. */
function tensorsOf({ operators }: InferenceGraph, steps: readonly Step[]): number {
  const paddings = steps.filter(({ writes }) => writes.endsWith('/pad')).length;
  return steps.length + operators.reduce((sum, operator) => sum + constantsOf(operator), 0) + paddings + 4;
}

/** What a network takes where it runs, from its graph alone: see `Footprint`. */
export function footprint(graph: InferenceGraph): Footprint {
  const { operators, size, output } = graph;
  const steps = stepsOf(graph);
  const weighted = operators.filter(isWeighted);
  const weights = weighted.reduce((sum, { folding }) => sum + product(folding.shape), 0);
  const channels = weighted.reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
  const tensors = tensorsOf(graph, steps);
  const structure = ({ each, all }: { each: number; all: number }) => each * tensors + all;
  const peak = peakElements(steps, size * size * 3, output);
  return {
    multiplyAdds: operators.reduce((sum, operator) => sum + multiplyAdds(operator), 0),
    float: { flashBytes: 4 * (weights + channels) + structure(structures.float), peakRamBytes: 4 * peak },
    int8: {
      flashBytes: weights + (4 + channelBytes) * channels + structure(structures.int8),
      peakRamBytes: peak,
    },
  };
}
