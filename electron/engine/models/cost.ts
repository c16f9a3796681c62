import type { ModelRecipe } from '../../contract/recipe/model.ts';
import { frozenGroups } from '../../contract/run.ts';
import { describe, keptValues, type LayerDescription, product } from './describe.ts';
import { networkOf } from './index.ts';

const floatBytes = Float32Array.BYTES_PER_ELEMENT;

export interface GroupCost {
  parameters: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
}

/** What a network costs, from its layers' shapes alone. */
export interface NetworkCost {
  /** First to last, as `freezeTo` counts them. */
  groups: GroupCost[];
  parameters: number;
  /** Of parameters and running statistics, as float32. */
  weightBytes: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
  /** Of all layers' outputs for one image, which training keeps for the backward pass. */
  activationBytes: number;
  /** What it keeps besides: the outputs of functions without parameters, gates and joined maps. */
  keptBytes: number;
  /** Convolutions and linear layers, one after the other. */
  depth: number;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const parametersOf = (layers: readonly LayerDescription[]): number =>
  sum(layers, ({ parameters }) => sum(parameters, ({ shape }) => product(shape)));

function computeCost(recipe: ModelRecipe, classes: number, size: number): NetworkCost {
  const network = networkOf(recipe, classes);
  const layers = describe(network, size);
  const groups = network.map((_, index) => {
    const own = layers.filter(({ group }) => group === index);
    return { parameters: parametersOf(own), macs: sum(own, ({ macs }) => macs) };
  });
  const parameters = parametersOf(layers);
  const statistics = sum(layers, ({ buffers }) => sum(buffers, ({ shape }) => product(shape)));
  return {
    groups,
    parameters,
    weightBytes: (parameters + statistics) * floatBytes,
    macs: sum(layers, ({ macs }) => macs),
    activationBytes: sum(layers, ({ outputShape }) => product(outputShape)) * floatBytes,
    keptBytes: keptValues(network, size) * floatBytes,
    depth: layers.filter(({ macs }) => macs > 0).length,
  };
}

const known = new Map<string, NetworkCost>();
/** A wizard asks for every architecture at every change. */
const mostKnown = 256;

/** The cost of a network for square images of `size` pixels; nothing is allocated. A few milliseconds at the first call. */
export function networkCost(recipe: ModelRecipe, classes: number, size: number): NetworkCost {
  const { architecture, width, depth, stem, head } = recipe;
  const key = [architecture, width, depth, stem, head, classes, size].join();
  let cost = known.get(key);
  if (!cost) {
    cost = computeCost(recipe, classes, size);
    if (known.size >= mostKnown) known.clear();
    known.set(key, cost);
  }
  return cost;
}

/** Bytes of a training step that every network needs: the graph and the library's own. */
const stepBytes = 15e6;
/** Weights in two buffers, gradients, and filters as the matrix products want them. The optimiser's moments come on top. */
const copiesOfWeights = 6;
/** Outputs kept for the backward pass, and what it makes of them. */
const copiesOfActivations = 1.8;

/**
 * Memory that a training step takes beyond the process's own (about 150 MB), in bytes. `kept`: numbers that a training keeps for
 * each weight beside it. Fitted to the peak memory of recorded
 * steps on the processor with the allocator's settings (ResNet-18, MobileNetV2 and CIFAR ResNets, batches of 8 to 64): within
 * 10 % of most, 19 % too much for MobileNetV2.
 * What an image adds, by the peaks with batches of 8 and 24 at 64 px, is met within 7 % for MobileNetV3, EfficientNet, ShuffleNet,
 * ConvNeXt and DS-CNN, 15 % too little for SqueezeNet.
 */
export function trainingBytes(cost: NetworkCost, batchSize: number, kept: number): number {
  const { weightBytes, activationBytes, keptBytes } = cost;
  const anImage = copiesOfActivations * activationBytes + keptBytes;
  return stepBytes + (copiesOfWeights + kept) * weightBytes + batchSize * anImage;
}

/** Its teacher's weights as they are and as the products want them; of its layers' outputs only a few at a time. */
const copiesOfTeacher = 3;
const teacherActivations = 0.3;

/** What a frozen teacher adds to its student's step, in bytes; not fitted. */
export function teacherBytes(cost: NetworkCost, batchSize: number): number {
  return copiesOfTeacher * cost.weightBytes + teacherActivations * batchSize * cost.activationBytes;
}

/** A ResNet-50 of 94 MB took 282 MB in ONNX Runtime once it was loaded. */
const copiesOfFile = 3;

/** What a frozen teacher from an ONNX file of so many bytes adds to its student's step, in bytes; its layers' outputs are not known. */
export const fileTeacherBytes = (fileBytes: number): number => copiesOfFile * fileBytes;

/**
 * What moving a byte through batch norm, ReLU and their gradients costs, in multiply-accumulates. Fitted to training steps of
 * the networks above on two cores with AVX-512, which it describes within a third.
 */
const macsPerByte = 85;

/**
 * A training step's work in multiply-accumulates: forward pass, gradient of the inputs, gradient of the weights (not in frozen
 * groups, whose norms still train), memory traffic and the optimiser.
 */
export function stepWork(cost: NetworkCost, batchSize: number, freezeTo = 0): number {
  const { groups, activationBytes, weightBytes } = cost;
  const frozen = frozenGroups(freezeTo, groups.length);
  const macs = sum(
    groups.map((group, index) => ({ macs: group.macs, passes: index < frozen ? 2 : 3 })),
    (group) => group.macs * group.passes,
  );
  return batchSize * (macs + macsPerByte * activationBytes) + macsPerByte * weightBytes;
}

/** A forward pass's work for one image, in multiply-accumulates; a backward pass moves twice as many bytes. */
export function forwardWork({ macs, activationBytes }: NetworkCost): number {
  return macs + (macsPerByte / 3) * activationBytes;
}
