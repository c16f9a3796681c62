import { constant, filterKaiming, type Initialiser } from './initialise.ts';
import type { FilterOptions, Layers, Network, Window } from './layers.ts';
import type { ParameterKind, StageDescription } from './model.ts';

export interface ParameterDescription {
  name: string;
  kind: ParameterKind;
  /** In our layout. */
  shape: number[];
  initial: Initialiser;
}

export interface BufferDescription {
  name: string;
  shape: number[];
  value: number;
}

/** What one layer is, before anything is allocated. */
export interface LayerDescription {
  name: string;
  /** Index of its parameter group. */
  group: number;
  /** Without the batch: [height, width, channels] or [units]. */
  outputShape: number[];
  parameters: ParameterDescription[];
  buffers: BufferDescription[];
  /** Multiply-accumulates for one image, of convolutions and linear layers, as fvcore and torchvision count. */
  macs: number;
}

type Shape = number[];

const channelsOf = (shape: Shape): number => shape.at(-1)!;
export const product = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/**
 * PyTorch's output size: (side + 2 * padding - kernel) / stride + 1, rounded down, or up where `ceil`; then a map smaller than
 * the window is one window.
 */
export function outputShapeOf(
  [height, width]: Shape,
  { kernel, stride, padding, ceil = false }: Window & { ceil?: boolean },
  channels: number,
): Shape {
  const side = (length: number) => {
    const places = (length + 2 * padding - kernel) / stride;
    return ceil ? Math.max(0, Math.ceil(places)) + 1 : Math.floor(places) + 1;
  };
  return [side(height!), side(width!), channels];
}

/** The shape of a linear layer's output: of a vector, or of a map. */
export const linearShape = (x: Shape, units: number): Shape => [...x.slice(0, -1), units];

type Record = (layer: Partial<LayerDescription> & Pick<LayerDescription, 'name' | 'outputShape'>) => Shape;

/** A convolution's parameters; `fan`: see FilterInitial. */
function filterParameters(
  name: string,
  { kind, shape, outputs }: { kind: 'conv' | 'depthwise'; shape: Shape; outputs: number },
  { initial = filterKaiming, bias }: FilterOptions,
): ParameterDescription[] {
  const area = shape[0]! * shape[1]!;
  const start = initial({ in: product(shape) / outputs, out: area * outputs });
  return [
    { name: `${name}.weight`, kind, shape, initial: start.weight },
    ...(bias ? [{ name: `${name}.bias`, kind: 'bias' as const, shape: [outputs], initial: start.bias }] : []),
  ];
}

interface Observer {
  stage: (stage: StageDescription) => void;
  /** The output of an operation without parameters that training keeps for the backward pass, besides those of the layers. */
  kept: (output: Shape) => void;
}

/** The layers over shapes; `record` is given each and returns its output's shape. */
function shapeLayers(record: Record, observer: Observer): Layers<Shape> {
  const keep = (output: Shape) => {
    observer.kept(output);
    return output;
  };
  const pool = (name: string, x: Shape) => record({ name, outputShape: [channelsOf(x)] });
  const nameless = (x: Shape) => x;
  return {
    conv(name, x, { channels, ...options }) {
      const { kernel } = options;
      const shape = [kernel, kernel, channelsOf(x), channels];
      const outputShape = outputShapeOf(x, options, channels);
      return record({
        name,
        outputShape,
        parameters: filterParameters(name, { kind: 'conv', shape, outputs: channels }, options),
        macs: (product(shape) * product(outputShape)) / channels,
      });
    },
    depthwise(name, x, options) {
      const { kernel } = options;
      const channels = channelsOf(x);
      const shape = [kernel, kernel, channels, 1];
      const outputShape = outputShapeOf(x, options, channels);
      return record({
        name,
        outputShape,
        parameters: filterParameters(name, { kind: 'depthwise', shape, outputs: channels }, options),
        macs: kernel * kernel * product(outputShape),
      });
    },
    norm(name, x, options = {}) {
      const shape = [channelsOf(x)];
      record({
        name,
        outputShape: x,
        parameters: [
          { name: `${name}.weight`, kind: 'norm', shape, initial: constant(1) },
          { name: `${name}.bias`, kind: 'norm', shape, initial: constant(options.beta ?? 0) },
        ],
        buffers: [
          { name: `${name}.running_mean`, shape, value: 0 },
          { name: `${name}.running_var`, shape, value: 1 },
        ],
      });
      options.skip?.();
      return x;
    },
    layerNorm(name, x) {
      const shape = [channelsOf(x)];
      return record({
        name,
        outputShape: x,
        parameters: [
          { name: `${name}.weight`, kind: 'norm', shape, initial: constant(1) },
          { name: `${name}.bias`, kind: 'norm', shape, initial: constant(0) },
        ],
      });
    },
    linear(name, x, { units, bias, initial, module = 'Linear' }) {
      const inputs = channelsOf(x);
      const start = initial(inputs, units);
      const weight = { name: `${name}.weight`, initial: start.weight };
      const outputShape = linearShape(x, units);
      return record({
        name,
        outputShape,
        parameters: [
          module === 'Linear'
            ? { ...weight, kind: 'linear', shape: [inputs, units] }
            : { ...weight, kind: 'conv', shape: [1, 1, inputs, units] },
          ...(bias
            ? [{ name: `${name}.bias`, kind: 'bias' as const, shape: [units], initial: start.bias }]
            : []),
        ],
        macs: inputs * product(outputShape),
      });
    },
    maxPool: (name, x, window) => record({ name, outputShape: outputShapeOf(x, window, channelsOf(x)) }),
    globalAveragePool: pool,
    globalMaxPool: pool,
    concat: (a, b) => keep([...a.slice(0, -1), channelsOf(a) + channelsOf(b)]),
    halves: (x) => {
      const half = x.with(-1, channelsOf(x) / 2);
      return [half, half];
    },
    // Of these two the output alone is kept, in place of the input.
    shuffle: nameless,
    relu: nameless,
    // The gradient needs the input, and the next layer's the output.
    nonlinear: keep,
    gate: keep,
    scale: (name, x, initial) =>
      record({
        name,
        outputShape: x,
        parameters: [{ name, kind: 'scale', shape: [channelsOf(x)], initial: constant(initial) }],
      }),
    add: nameless,
    dropout: nameless,
    stochasticDepth: nameless,
    penultimate: nameless,
    stage(name, x) {
      observer.stage({ name, outputShape: x });
      return x;
    },
  };
}

/** A stage, and the last layer before its end. */
type WalkedStage = StageDescription & { last: string };

interface Walked {
  layers: LayerDescription[];
  stages: WalkedStage[];
  /** Values of one image in outputs that are kept besides those of the layers. */
  kept: number;
}

function walk(network: Network, size: number): Walked {
  const layers: LayerDescription[] = [];
  const stages: WalkedStage[] = [];
  let kept = 0;
  let shape: Shape = [size, size, 3];
  for (const [group, section] of network.entries()) {
    const record: Record = (layer) => {
      layers.push({ group, parameters: [], buffers: [], macs: 0, ...layer });
      return layer.outputShape;
    };
    const observer: Observer = {
      stage: (stage) => stages.push({ ...stage, last: layers.at(-1)!.name }),
      kept: (output) => (kept += product(output)),
    };
    shape = section(shapeLayers(record, observer), shape);
  }
  return { layers, stages, kept };
}

/** Every layer of a network for square images of `size` pixels, in torchvision's order. Parameters' shapes never depend on `size`. */
export const describe = (network: Network, size: number): LayerDescription[] => walk(network, size).layers;

/** The stages of a network for square images of `size` pixels, in their order. */
export const describeStages = (network: Network, size: number): StageDescription[] =>
  walk(network, size).stages.map(({ name, outputShape }) => ({ name, outputShape }));

/** The last layer of each stage, by the stages' names in their order. Names do not depend on the images' size. */
export const stageEnds = (network: Network): ReadonlyMap<string, string> =>
  new Map(walk(network, 32).stages.map(({ name, last }) => [name, last]));

/** Values that training keeps of one image for the backward pass besides the outputs of the layers. */
export const keptValues = (network: Network, size: number): number => walk(network, size).kept;
