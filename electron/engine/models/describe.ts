import { constant, convInitial, type Initialiser } from './initialise.ts';
import type { Layers, Network, Window } from './layers.ts';
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

/** Floor of PyTorch's output size: (side + 2 * padding - kernel) / stride + 1. */
export function outputShapeOf(
  [height, width]: Shape,
  { kernel, stride, padding }: Window,
  channels: number,
): Shape {
  const side = (length: number) => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  return [side(height!), side(width!), channels];
}

type Record = (layer: Partial<LayerDescription> & Pick<LayerDescription, 'name' | 'outputShape'>) => Shape;

/** The layers over shapes; `record` is given each and returns its output's shape, `onStage` each stage. */
function shapeLayers(record: Record, onStage: (stage: StageDescription) => void): Layers<Shape> {
  const pool = (name: string, x: Shape) => record({ name, outputShape: [channelsOf(x)] });
  return {
    conv(name, x, { channels, ...window }) {
      const { kernel } = window;
      const shape = [kernel, kernel, channelsOf(x), channels];
      const outputShape = outputShapeOf(x, window, channels);
      return record({
        name,
        outputShape,
        parameters: [{ name: `${name}.weight`, kind: 'conv', shape, initial: convInitial(kernel, channels) }],
        macs: (product(shape) * product(outputShape)) / channels,
      });
    },
    depthwise(name, x, window) {
      const { kernel } = window;
      const channels = channelsOf(x);
      const shape = [kernel, kernel, channels, 1];
      const outputShape = outputShapeOf(x, window, channels);
      return record({
        name,
        outputShape,
        parameters: [
          { name: `${name}.weight`, kind: 'depthwise', shape, initial: convInitial(kernel, channels) },
        ],
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
    linear(name, x, { units, bias, initial }) {
      const inputs = channelsOf(x);
      const start = initial(inputs);
      return record({
        name,
        outputShape: [units],
        parameters: [
          { name: `${name}.weight`, kind: 'linear', shape: [inputs, units], initial: start.weight },
          ...(bias
            ? [{ name: `${name}.bias`, kind: 'bias' as const, shape: [units], initial: start.bias }]
            : []),
        ],
        macs: inputs * units,
      });
    },
    maxPool: (name, x, window) => record({ name, outputShape: outputShapeOf(x, window, channelsOf(x)) }),
    globalAveragePool: pool,
    globalMaxPool: pool,
    concat: (a, b) => [channelsOf(a) + channelsOf(b)],
    relu: (x) => x,
    dropout: (x) => x,
    stage(name, x) {
      onStage({ name, outputShape: x });
      return x;
    },
  };
}

function walk(network: Network, size: number): { layers: LayerDescription[]; stages: StageDescription[] } {
  const described: LayerDescription[] = [];
  const stages: StageDescription[] = [];
  let shape: Shape = [size, size, 3];
  for (const [group, section] of network.entries()) {
    const record: Record = (layer) => {
      described.push({ group, parameters: [], buffers: [], macs: 0, ...layer });
      return layer.outputShape;
    };
    shape = section(
      shapeLayers(record, (stage) => stages.push(stage)),
      shape,
    );
  }
  return { layers: described, stages };
}

/** Every layer of a network for square images of `size` pixels, in torchvision's order. Parameters' shapes never depend on `size`. */
export const describe = (network: Network, size: number): LayerDescription[] => walk(network, size).layers;

/** The stages of a network for square images of `size` pixels, in their order. */
export const describeStages = (network: Network, size: number): StageDescription[] =>
  walk(network, size).stages;
