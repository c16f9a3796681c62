import {
  type ConvOperator,
  type InferenceGraph,
  isWeighted,
  type Operator,
} from '../../models/inference/graph.ts';
import type { Window } from '../../models/layers.ts';

/** A network, or a part of it, in Python. */
export interface Body {
  /** Files of resources/export/pytorch/ with the classes and functions that it is made of, in their order. */
  parts: string[];
  /** Statements of __init__. */
  modules: string[];
  /** Statements of forward, from `images` on. */
  forward: string[];
  /** What the last of them gives: the map `x` of a body, or the expression of a whole network's logits. */
  result: string;
}

/** A network that is to be trained gives the outputs of its stages as well, which it puts into the dictionary `stages`. */
export interface BodyOptions {
  isTrained: boolean;
}

/** The statement that keeps the output of a stage. */
export const keepStage = (name: string, value = 'x'): string => `stages["${name}"] = ${value}`;

type Windowed = Extract<Operator, { kernel: number }>;

const isConv = (operator: Operator): operator is ConvOperator =>
  isWeighted(operator) && operator.kind !== 'linear';
const inputsOf = ({ folding }: ConvOperator): number => folding.shape[2]!;
const outputsOf = ({ shape }: Operator): number => shape.at(-1)!;

/** As arguments of PyTorch's modules. */
export const windowText = ({ kernel, stride, padding }: Window): string =>
  [
    `kernel_size=${kernel}`,
    ...(stride === 1 ? [] : [`stride=${stride}`]),
    ...(padding === 0 ? [] : [`padding=${padding}`]),
  ].join(', ');

const strideText = (convs: readonly ConvOperator[]): string => {
  const stride = convs.find((conv) => conv.stride > 1)?.stride ?? 1;
  return stride === 1 ? '' : `, stride=${stride}`;
};

/** Convolutions by the module that `pattern` finds in their names, in the graph's order. */
function blocksOf(graph: InferenceGraph, pattern: RegExp): Map<string, ConvOperator[]> {
  const blocks = new Map<string, ConvOperator[]>();
  for (const operator of graph.operators) {
    const block = pattern.exec(operator.name)?.[0];
    if (block !== undefined && isConv(operator)) blocks.set(block, [...(blocks.get(block) ?? []), operator]);
  }
  return blocks;
}

const sequential = (name: string, modules: readonly string[]): string[] => [
  `self.${name} = nn.Sequential(`,
  ...modules.map((one) => `    ${one},`),
  ')',
];

/** The ResNets', with torchvision's names. */
export function residualBody(graph: InferenceGraph, { isTrained }: BodyOptions): Body {
  const stem = graph.operators.find(({ name }) => name === 'conv1') as ConvOperator;
  const maxPool = graph.operators.find(({ kind }) => kind === 'maxPool') as Windowed | undefined;
  const stages = new Map<string, string[]>();
  let block = 'BasicBlock';
  for (const [name, convs] of blocksOf(graph, /^layer\d+\.\d+/)) {
    block = convs.some((conv) => conv.name === `${name}.conv3`) ? 'Bottleneck' : 'BasicBlock';
    const stage = name.slice(0, name.indexOf('.'));
    const module = `${block}(${inputsOf(convs[0]!)}, ${outputsOf(convs[0]!)}${strideText(convs)})`;
    stages.set(stage, [...(stages.get(stage) ?? []), module]);
  }
  return {
    parts: ['shortcut.py', block === 'Bottleneck' ? 'bottleneck.py' : 'basic_block.py'],
    modules: [
      `self.conv1 = nn.Conv2d(3, ${outputsOf(stem)}, ${windowText(stem)}, bias=False)`,
      `self.bn1 = nn.BatchNorm2d(${outputsOf(stem)})`,
      ...(maxPool ? [`self.maxpool = nn.MaxPool2d(${windowText(maxPool)})`] : []),
      ...[...stages].flatMap(([name, modules]) => sequential(name, modules)),
    ],
    forward: [
      'x = torch.relu(self.bn1(self.conv1(images)))',
      ...(maxPool ? ['x = self.maxpool(x)'] : []),
      ...[...stages.keys()].flatMap((name) => [
        `x = self.${name}(x)`,
        ...(isTrained ? [keepStage(name)] : []),
      ]),
    ],
    result: 'x',
  };
}

/** MobileNetV2's, with torchvision's names. `ends`: the last module of each stage, as "features.3". */
export function mobilenetBody(
  graph: InferenceGraph,
  { isTrained }: BodyOptions,
  ends: ReadonlyMap<string, string>,
): Body {
  const modules = [...blocksOf(graph, /^features\.\d+/).values()].map((convs) => {
    const [first, last] = [convs[0]!, convs.at(-1)!];
    if (convs.length === 1)
      return `conv_norm(${inputsOf(first)}, ${outputsOf(first)}, kernel=${first.kernel}${strideText(convs)})`;
    // Only the first block does not widen: its first convolution is the depthwise one, of as many channels as come in.
    const expansion = first.kind === 'depthwise' ? ', expansion=1' : '';
    return `InvertedResidual(${inputsOf(first)}, ${outputsOf(last)}${expansion}${strideText(convs)})`;
  });
  return {
    parts: ['inverted_residual.py'],
    modules: sequential('features', modules),
    forward: isTrained ? byStages(ends) : ['x = self.features(images)'],
    result: 'x',
  };
}

/** self.features in pieces, each of which ends with a stage. */
function byStages(ends: ReadonlyMap<string, string>): string[] {
  let first = 0;
  const pieces = [...ends].flatMap(([stage, module]) => {
    const next = Number(module.split('.')[1]) + 1;
    const piece = `x = self.features[${first === 0 ? '' : first}:${next}](${first === 0 ? 'images' : 'x'})`;
    first = next;
    return [piece, keepStage(stage)];
  });
  return [...pieces, `x = self.features[${first}:](x)`];
}
