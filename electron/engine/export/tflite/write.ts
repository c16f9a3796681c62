import { encode } from '../../flatbuffer/encode.ts';
import {
  type BuiltinOperator,
  type BuiltinOptions,
  fusedActivations,
  paddings,
  tfliteSchema,
} from '../../flatbuffer/tflite.ts';
import { metadataName, ownName, runtimeVersionName } from '../../flatbuffer/tflite-metadata.ts';
import {
  inputName,
  isRectified,
  isWeighted,
  type NonlinearOperator,
  type Operator,
  type WeightedOperator,
} from '../../models/inference/graph.ts';
import { lowered, type LoweredStep, stepValue } from '../../models/inference/lowering.ts';
import type { FoldedWeights } from '../../models/inference/fold.ts';
import type { Window } from '../../models/layers.ts';
import { type NetworkFacts, networkMetadata } from '../network-metadata.ts';
import type { TrainedNetwork } from '../trained-network.ts';
import { describeTensors, labelsZip } from './metadata.ts';
import { ModelBuilder } from './model-builder.ts';
import { planPadding } from '../../models/inference/padding.ts';
import type { Filter, Style } from './style.ts';

/** A hard-sigmoid is several operators (lowering.ts). */
const nonlinearCodes: Record<Exclude<NonlinearOperator['nonlinearity'], 'hard-sigmoid'>, BuiltinOperator> = {
  'hard-swish': 'HARD_SWISH',
  sigmoid: 'LOGISTIC',
  gelu: 'GELU',
};

export interface TfliteFile {
  bytes: Uint8Array;
  /** Each once. */
  operators: BuiltinOperator[];
}

/** [inputs, outputs] numbers at a time, turned to [outputs, inputs]. */
function outputsFirst(weight: Float32Array, outputs: number): Float32Array {
  const inputs = weight.length / outputs;
  const turned = new Float32Array(weight.length);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) turned[o * inputs + i] = weight[i * outputs + o]!;
  return turned;
}

/** An operator's weights in TensorFlow Lite's layout. */
function filterOf(
  { kind, name, folding: { shape } }: WeightedOperator,
  { weight, bias }: FoldedWeights,
  linearAsConv: boolean,
): Filter {
  if (kind === 'depthwise') {
    const [height, width, channels] = shape as [number, number, number];
    return { name, weight, bias, shape: [1, height, width, channels], axis: 3 };
  }
  const outputs = bias.length;
  const inner = kind === 'linear' && linearAsConv ? [1, 1, shape[0]!] : shape.slice(0, -1);
  return { name, weight: outputsFirst(weight, outputs), bias, shape: [outputs, ...inner], axis: 0 };
}

/** Normalisation of pixels as a depthwise filter: it comes before the padding, whose zeros mean the normalised zero. */
function normalisation({ image: { mean, std } }: TrainedNetwork): Filter {
  return {
    name: 'normalise',
    weight: Float32Array.from(std, (value) => 1 / (255 * value)),
    bias: Float32Array.from(mean, (value, channel) => -value / std[channel]!),
    shape: [1, 1, 1, 3],
    axis: 3,
  };
}

/** Adds the graph's operators to a model, one after the other. */
class GraphWriter {
  /** Tensors by the names of values. */
  private readonly values = new Map<string, number>();
  private readonly builder: ModelBuilder;
  private readonly style: Style;
  private readonly network: TrainedNetwork;

  constructor(builder: ModelBuilder, style: Style, network: TrainedNetwork) {
    this.builder = builder;
    this.style = style;
    this.network = network;
  }

  /** The model's input, named `inputName`, and its normalisation. */
  input(): number {
    const { size } = this.network.graph;
    const shape = [1, size, size, 3];
    const { input, pixels, quantisation } = this.style.pixels(this.builder, inputName, shape);
    const filter = this.style.filter(this.builder, normalisation(this.network), quantisation);
    const options = {
      padding: paddings.VALID,
      stride_w: 1,
      stride_h: 1,
      depth_multiplier: 1,
      fused_activation_function: fusedActivations.none,
    };
    this.values.set(inputName, this.value(inputName, shape, 'normalised'));
    this.emit('DEPTHWISE_CONV_2D', [pixels, ...filter], this.values.get(inputName)!, {
      type: 'DepthwiseConv2DOptions',
      value: options,
    });
    return input;
  }

  /** The tensor of the graph's output. */
  operators(): number {
    for (const operator of this.network.graph.operators) {
      const { name, shape } = operator;
      const isVector = shape.length === 1;
      const full = isVector && this.style.linearAsConv ? [1, 1, 1, ...shape] : [1, ...shape];
      this.values.set(name, this.value(name, full));
      this.operator(operator, this.values.get(name)!);
    }
    return this.values.get(this.network.graph.output)!;
  }

  private value(value: string, shape: number[], name = value): number {
    const { type } = this.style;
    return this.builder.tensor({ name, shape, type, quantisation: this.style.quantisation(value) });
  }

  private emit(code: BuiltinOperator, inputs: number[], output: number, options?: BuiltinOptions): void {
    this.builder.operator(this.style.code(code), inputs, output, options);
  }

  private operator(operator: Operator, output: number): void {
    const inputs = operator.inputs.map((name) => this.values.get(name)!);
    if (isWeighted(operator)) {
      this.weighted(operator, inputs[0]!, output);
      return;
    }
    const steps = lowered(operator);
    if (steps) {
      for (const step of steps) this.step(operator, step, output);
      return;
    }
    switch (operator.kind) {
      case 'multiply':
        this.emit('MUL', inputs, output, {
          type: 'MulOptions',
          value: { fused_activation_function: fusedActivations.none },
        });
        return;
      case 'nonlinear':
        if (operator.nonlinearity !== 'hard-sigmoid')
          this.emit(nonlinearCodes[operator.nonlinearity], inputs, output);
        return;
      case 'slice': {
        const size = [1, ...operator.shape];
        const begin = this.builder.integers(`${operator.name}/begin`, [0, 0, 0, operator.begin]);
        this.emit('SLICE', [...inputs, begin, this.builder.integers(`${operator.name}/size`, size)], output);
        return;
      }
      case 'add':
        this.emit('ADD', inputs, output, {
          type: 'AddOptions',
          value: { fused_activation_function: fusedActivations[operator.activation] },
        });
        return;
      case 'concat':
        this.emit('CONCATENATION', inputs, output, {
          type: 'ConcatenationOptions',
          value: { axis: this.builder.shapeOf(output).length - 1 },
        });
        return;
      case 'maxPool': {
        const { padded, mode } = this.pad(operator, inputs[0]!);
        this.emit('MAX_POOL_2D', [padded], output, {
          type: 'Pool2DOptions',
          value: {
            padding: mode,
            stride_w: operator.stride,
            stride_h: operator.stride,
            filter_width: operator.kernel,
            filter_height: operator.kernel,
          },
        });
        return;
      }
      case 'globalAveragePool':
      case 'globalMaxPool': {
        const axes = this.builder.integers(`${operator.name}/axes`, [1, 2]);
        const code = operator.kind === 'globalAveragePool' ? 'MEAN' : 'REDUCE_MAX';
        this.emit(code, [...inputs, axes], output, {
          type: 'ReducerOptions',
          value: { keep_dims: this.style.linearAsConv },
        });
      }
    }
  }

  /** A step of an operator that is several here. */
  private step({ name: operator }: Operator, step: LoweredStep, output: number): void {
    const { name, kind, shape, relu6, order } = step;
    const value = stepValue(operator, name);
    const isVector = shape.length === 1 && this.style.linearAsConv;
    const full = isVector ? [1, 1, 1, ...shape] : [1, ...shape];
    const result = name === '' ? output : this.value(value, full);
    this.values.set(value, result);
    const inputs = step.inputs.map((input) =>
      typeof input === 'string'
        ? this.values.get(input)!
        : this.style.number(this.builder, `${value}/number`, input),
    );
    const activation = { fused_activation_function: relu6 ? fusedActivations.relu6 : fusedActivations.none };
    switch (kind) {
      case 'add':
        this.emit('ADD', inputs, result, { type: 'AddOptions', value: activation });
        return;
      case 'subtract':
        this.emit('SUB', inputs, result, { type: 'SubOptions', value: activation });
        return;
      case 'multiply':
        this.emit('MUL', inputs, result, { type: 'MulOptions', value: activation });
        return;
      case 'squaredDifference':
        this.emit('SQUARED_DIFFERENCE', inputs, result);
        return;
      case 'rsqrt':
        this.emit('RSQRT', inputs, result);
        return;
      case 'mean': {
        const axes = this.builder.integers(`${value}/axes`, [full.length - 1]);
        this.emit('MEAN', [...inputs, axes], result, { type: 'ReducerOptions', value: { keep_dims: true } });
        return;
      }
      case 'reshape':
        this.emit('RESHAPE', [...inputs, this.builder.integers(`${value}/shape`, full)], result, {
          type: 'ReshapeOptions',
          value: { new_shape: full },
        });
        return;
      case 'transpose': {
        const permutation = this.builder.integers(`${value}/order`, order!);
        this.emit('TRANSPOSE', [...inputs, permutation], result, { type: 'TransposeOptions', value: {} });
      }
    }
  }

  private weighted(operator: WeightedOperator, input: number, output: number): void {
    const { linearAsConv } = this.style;
    const weights = filterOf(operator, this.network.weights(operator), linearAsConv);
    const from = operator.inputs[0]!;
    const filter = this.style.filter(this.builder, weights, this.style.quantisation(from));
    const activation = fusedActivations[operator.activation];
    if (operator.kind === 'linear' && !linearAsConv) {
      this.emit('FULLY_CONNECTED', [input, ...filter], output, {
        type: 'FullyConnectedOptions',
        value: { fused_activation_function: activation },
      });
      return;
    }
    const stride = operator.kind === 'linear' ? 1 : operator.stride;
    const { padded, mode } =
      operator.kind === 'linear' ? { padded: input, mode: paddings.VALID } : this.pad(operator, input);
    const options = {
      padding: mode,
      stride_w: stride,
      stride_h: stride,
      fused_activation_function: activation,
    };
    if (operator.kind === 'depthwise')
      this.emit('DEPTHWISE_CONV_2D', [padded, ...filter], output, {
        type: 'DepthwiseConv2DOptions',
        value: { ...options, depth_multiplier: 1 },
      });
    else this.emit('CONV_2D', [padded, ...filter], output, { type: 'Conv2DOptions', value: options });
  }

  /** The input of a window, padded with zeros by an operator of its own where TensorFlow pads in another way. */
  private pad(operator: Operator & Window, input: number): { padded: number; mode: number } {
    const shape = this.builder.shapeOf(input);
    const { mode, added } = planPadding(operator, shape[1]!, operator.shape[0]!);
    if (!added) return { padded: input, mode: paddings[mode] };
    if (operator.kind === 'maxPool') this.requireRectified(operator.inputs[0]!);
    const { before, after } = added;
    const side = before + shape[1]! + after;
    const name = `${operator.name}/pad`;
    const padded = this.value(operator.inputs[0]!, [1, side, side, shape[3]!], name);
    const amounts = this.builder.integers(
      `${name}/amounts`,
      [0, 0, before, after, before, after, 0, 0],
      [4, 2],
    );
    this.emit('PAD', [input, amounts], padded, { type: 'PadOptions', value: {} });
    return { padded, mode: paddings[mode] };
  }

  /** Zeros never win a maximum pooling of values that are not below zero: then they may stand for minus infinity. */
  private requireRectified(name: string): void {
    if (!isRectified(this.network.graph, name))
      throw new Error(`The maximum pooling of "${name}" pads values below zero.`);
  }
}

/** A network as a .tflite file: one image a call, `image` in, `probabilities` out. */
export async function writeTflite(
  network: TrainedNetwork,
  style: Style,
  facts: NetworkFacts = {},
): Promise<TfliteFile> {
  const { recipe, classes, image } = network;
  const builder = new ModelBuilder();
  const writer = new GraphWriter(builder, style, network);
  const input = writer.input();
  const logits = writer.operators();
  const output = style.probabilities(builder, 'probabilities', logits, classes.length);
  const text = new TextEncoder();
  const model = builder.finish(
    `${recipe.architecture}, ${classes.length} classes, ${image.size} px; made with Distill Studio`,
    { name: inputName, tensor: input },
    { name: 'probabilities', tensor: output },
    {
      [runtimeVersionName]: text.encode(builder.runtimeVersion.padEnd(16, '\0')),
      [metadataName]: describeTensors(network, facts),
      [ownName]: text.encode(JSON.stringify(networkMetadata(network, 'pixels', facts))),
    },
  );
  const bytes = encode(tfliteSchema, model);
  const zip = await labelsZip(classes, bytes.length);
  return { bytes: Buffer.concat([bytes, zip]), operators: builder.operatorNames };
}
