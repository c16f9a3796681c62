import type { DistillError } from '../../../contract/errors.ts';
import { largest } from '../../../contract/extremes.ts';
import { elementCodes } from '../../backend/onnx/fields.ts';
import type { Attribute } from '../../backend/onnx/encode.ts';
import { GraphBuilder } from '../../backend/onnx/graph.ts';
import { halfValue } from '../../float16.ts';
import { fusedActivations, paddings } from '../../flatbuffer/tflite.ts';
import { product } from '../../models/describe.ts';
import { fixedPoint, FixedPointNodes } from './fixed-point.ts';
import { exactSums } from './products.ts';
import {
  corruptFile,
  type Steps,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
  unsupported,
} from './model.ts';

/** The names of the converted graph's input, uint8 or float32 [n, height, width, channels], and output, float32 [n, classes]. */
export const [graphInput, graphOutput] = ['image', 'probabilities'];

const toPlanes = { perm: [0, 3, 1, 2] };
const toPixels = { perm: [0, 2, 3, 1] };
/** Where NHWC's axes are in NCHW. */
const planeAxes = [0, 2, 3, 1];

/** int8 is kept as uint8, 128 higher: one kind of kernel does for both. */
const offsetOf = ({ type }: TfliteTensor): number => (type === 'INT8' ? 128 : 0);

/** Steps of a tensor with one scale, in uint8. */
interface Stored {
  scale: number;
  zero: number;
}

type Options = Readonly<Record<string, number | boolean | readonly number[] | undefined>>;

/**
 * Turns a network of TensorFlow Lite into one of ONNX that takes any number of images: values of four dimensions as NCHW, int8
 * values as uint8. Float operators are ONNX's own; integer ones are exact sums of products with TensorFlow Lite's
 * rescaling. Only the integer softmax (and a mean that drops its dimensions, and average pooling) may be one step off, since they are rounded
 * from float32.
 */
class Converter {
  readonly graph = new GraphBuilder();
  private readonly fixed = new FixedPointNodes(this.graph);
  /** Names of computed values by tensors. */
  private readonly values = new Map<number, string>();
  /** Constants that an operator computed. */
  private readonly folded = new Map<number, Float32Array>();
  private readonly model: TfliteModel;

  constructor(model: TfliteModel) {
    this.model = model;
  }

  convert(): GraphBuilder {
    const { input, output, operators } = this.model;
    const { type, shape } = this.tensor(input);
    const isFloat = type === 'FLOAT32';
    if (!isFloat && type !== 'UINT8' && type !== 'INT8')
      throw this.unsupported(`its input has the type ${type}`);
    if (shape.length !== 4 || shape[0] !== 1)
      throw this.unsupported(`its input has the shape ${shape.join(' x ')}`);
    this.graph.input(graphInput, isFloat ? 'float32' : 'uint8', null);
    this.values.set(input, this.graph.node('Transpose', [graphInput], toPlanes));
    for (const operator of operators) this.values.set(operator.output, this.operator(operator));
    this.finish(output, operators);
    return this.graph;
  }

  /** Probabilities in float32, one row an image. */
  private finish(output: number, operators: readonly TfliteOperator[]): void {
    const tensor = this.tensor(output);
    const pixels = this.pixelOrder(this.value(output), tensor.shape.length);
    const flat = this.graph.node('Reshape', [pixels, this.graph.ints([-1, product([...tensor.shape])])]);
    const real = tensor.type === 'FLOAT32' ? flat : this.toReal(flat, this.stored(output));
    let from = operators.findLast((one) => one.output === output);
    while (from && ['RESHAPE', 'SQUEEZE', 'QUANTIZE', 'DEQUANTIZE'].includes(from.code)) {
      const [before] = from.inputs;
      from = operators.findLast((one) => one.output === before);
    }
    const isProbability = from?.code === 'SOFTMAX';
    this.graph.nodes(isProbability ? 'Identity' : 'Softmax', [real], 1, {}, { outputs: [graphOutput] });
    this.graph.output(graphOutput, 'float32', null);
  }

  private unsupported(what: string): DistillError {
    return unsupported(this.model.file, what);
  }

  private tensor(index: number): TfliteTensor {
    return this.model.tensors[index]!;
  }

  private value(index: number): string {
    const value = this.values.get(index);
    if (value === undefined)
      throw corruptFile(this.model.file, `"${this.tensor(index).name}" is used before it is computed.`);
    return value;
  }

  private isFloat(index: number): boolean {
    return this.tensor(index).type === 'FLOAT32';
  }

  private stored(index: number): Stored {
    const tensor = this.tensor(index);
    const { type, steps, name } = tensor;
    if (type !== 'INT8' && type !== 'UINT8') throw this.unsupported(`"${name}" has the type ${type}`);
    if (!steps || steps.scale.length !== 1) throw this.unsupported(`"${name}" has not one scale`);
    return { scale: steps.scale[0]!, zero: steps.zeroPoint[0]! + offsetOf(tensor) };
  }

  /** A constant's numbers in float. */
  private reals(index: number): Float32Array {
    const known = this.folded.get(index);
    if (known) return known;
    const { data, type, name } = this.tensor(index);
    if (!data) throw this.unsupported(`"${name}" is no constant`);
    if (type === 'FLOAT32') return new Float32Array(data.slice().buffer);
    if (type === 'FLOAT16') return Float32Array.from(new Uint16Array(data.slice().buffer), halfValue);
    throw this.unsupported(`the constant "${name}" has the type ${type} where float32 is read`);
  }

  private integers(index: number): number[] {
    const { data, type, name } = this.tensor(index);
    if (!data) throw this.unsupported(`"${name}" is no constant`);
    if (type === 'INT32') return [...new Int32Array(data.slice().buffer)];
    if (type === 'INT64') return Array.from(new BigInt64Array(data.slice().buffer), Number);
    throw this.unsupported(`the constant "${name}" has the type ${type} where int32 is read`);
  }

  private isConstant(index: number): boolean {
    return this.folded.has(index) || this.tensor(index).data !== null;
  }

  private pixelOrder(value: string, rank: number): string {
    return rank === 4 ? this.graph.node('Transpose', [value], toPixels) : value;
  }

  private planeOrder(value: string, rank: number): string {
    return rank === 4 ? this.graph.node('Transpose', [value], toPlanes) : value;
  }

  private toReal(value: string, { scale, zero }: Stored): string {
    const float = this.graph.node('Cast', [value], { to: elementCodes.float32 });
    return this.graph.node('Mul', [
      this.graph.node('Sub', [float, this.graph.scalar(zero)]),
      this.graph.scalar(scale),
    ]);
  }

  /** Rounded to the nearest step. */
  private toStored(value: string, { scale, zero }: Stored): string {
    const steps = this.graph.node('Div', [value, this.graph.scalar(scale)]);
    const rounded = this.graph.node('Floor', [
      this.graph.node('Add', [steps, this.graph.scalar(zero + 0.5)]),
    ]);
    const clipped = this.graph.node('Clip', [rounded, this.graph.scalar(0), this.graph.scalar(255)]);
    return this.graph.node('Cast', [clipped], { to: elementCodes.uint8 });
  }

  /** Stored numbers less their zero point, as float64. */
  private centred(index: number): string {
    const { zero } = this.stored(index);
    return this.graph.node('Sub', [this.fixed.toDouble(this.value(index)), this.fixed.number(zero)]);
  }

  /** Between which stored numbers an activation keeps its values. */
  private bounds({ scale, zero }: Stored, activation: number): [number, number] {
    const step = (value: number) => Math.min(Math.max(zero + Math.round(value / scale), 0), 255);
    if (activation === fusedActivations.relu) return [step(0), 255];
    if (activation === fusedActivations.relu6) return [step(0), step(6)];
    return [0, 255];
  }

  private activate(value: string, activation: number): string {
    if (activation === fusedActivations.none) return value;
    if (activation === fusedActivations.relu) return this.graph.node('Relu', [value]);
    if (activation !== fusedActivations.relu6) throw this.unsupported(`it has the activation ${activation}`);
    return this.graph.node('Clip', [value, this.graph.scalar(0), this.graph.scalar(6)]);
  }

  private operator(operator: TfliteOperator): string {
    const { code, inputs, output } = operator;
    const options = (operator.options?.value ?? {}) as Options;
    const activation = Number(options['fused_activation_function'] ?? 0);
    const [first] = inputs;
    if (first === null || first === undefined)
      throw corruptFile(this.model.file, `an operator ${code} has no input.`);
    switch (code) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
      case 'FULLY_CONNECTED':
        return this.weighted(operator, options, activation);
      case 'MAX_POOL_2D':
        return this.maxPool(first, output, options, activation);
      case 'AVERAGE_POOL_2D':
        return this.averagePool(first, output, options, activation);
      case 'ADD':
        return this.isFloat(output)
          ? this.elementwise('Add', operator, activation)
          : this.addStored(operator, activation);
      case 'MUL':
      case 'SUB':
      case 'DIV':
        if (!this.isFloat(output)) throw this.unsupported(`it has the operator ${code} in integers`);
        return this.elementwise({ MUL: 'Mul', SUB: 'Sub', DIV: 'Div' }[code], operator, activation);
      case 'RELU':
      case 'RELU6': {
        const kind = code === 'RELU' ? fusedActivations.relu : fusedActivations.relu6;
        return this.isFloat(output)
          ? this.activate(this.value(first), kind)
          : this.restep(first, output, kind);
      }
      case 'PAD':
        return this.pad(first, this.constantInput(operator, 1), output);
      case 'MEAN':
      case 'REDUCE_MAX':
        return this.reduce(operator, Boolean(options['keep_dims']));
      case 'CONCATENATION':
        return this.concatenate(operator, Number(options['axis']), activation);
      case 'RESHAPE':
      case 'SQUEEZE': {
        const [from, to] = [this.tensor(first).shape, this.tensor(output).shape];
        if (from[0] !== 1 || to[0] !== 1) throw this.unsupported(`${code} moves the dimension of images`);
        const shaped = this.graph.node('Reshape', [
          this.pixelOrder(this.value(first), from.length),
          this.graph.ints([-1, ...to.slice(1)]),
        ]);
        return this.planeOrder(shaped, to.length);
      }
      case 'TRANSPOSE': {
        const order = this.integers(this.constantInput(operator, 1));
        const rank = this.tensor(first).shape.length;
        if (order[0] !== 0 || order.length !== rank)
          throw this.unsupported('TRANSPOSE moves the dimension of images');
        const turned = this.graph.node('Transpose', [this.pixelOrder(this.value(first), rank)], {
          perm: order,
        });
        return this.planeOrder(turned, rank);
      }
      case 'SOFTMAX': {
        const beta = Number(options['beta'] ?? 1);
        const real = this.isFloat(first)
          ? this.value(first)
          : this.toReal(this.value(first), this.stored(first));
        if (this.tensor(first).shape.length === 4) throw this.unsupported('SOFTMAX is over an image');
        const scaled = beta === 1 ? real : this.graph.node('Mul', [real, this.graph.scalar(beta)]);
        const probabilities = this.graph.node('Softmax', [scaled], { axis: -1 });
        return this.isFloat(output) ? probabilities : this.toStored(probabilities, this.stored(output));
      }
      case 'QUANTIZE':
        return this.isFloat(first)
          ? this.toStored(this.value(first), this.stored(output))
          : this.restep(first, output, fusedActivations.none);
      case 'DEQUANTIZE': {
        if (!this.isConstant(first)) return this.toReal(this.value(first), this.stored(first));
        this.folded.set(output, this.dequantised(first));
        return '';
      }
    }
  }

  private dequantised(index: number): Float32Array {
    const tensor = this.tensor(index);
    const { type, steps, data, shape } = tensor;
    if (type !== 'INT8' && type !== 'UINT8') return this.reals(index);
    if (!steps) throw this.unsupported(`"${tensor.name}" has no scale`);
    const stored = type === 'INT8' ? new Int8Array(data!.slice().buffer) : data!;
    const channel = channelsAlong(shape, steps);
    return Float32Array.from(
      stored,
      (value, i) => steps.scale[channel(i)]! * (value - steps.zeroPoint[channel(i)]!),
    );
  }

  private constantInput({ inputs, code }: TfliteOperator, index: number): number {
    const input = inputs[index];
    if (input === null || input === undefined)
      throw corruptFile(this.model.file, `an operator ${code} lacks an input.`);
    return input;
  }

  /** The same numbers in another tensor's steps. */
  private restep(from: number, to: number, activation: number): string {
    const [input, output] = [this.stored(from), this.stored(to)];
    const [low, high] = this.bounds(output, activation);
    if (input.scale === output.scale && input.zero === output.zero && low === 0 && high === 255)
      return this.value(from);
    const scaled = this.fixed.multiply(
      this.centred(from),
      [fixedPoint(input.scale / output.scale)],
      [],
      255,
      output.zero,
    );
    return this.fixed.clamp(scaled, low, high);
  }

  private weighted(operator: TfliteOperator, options: Options, activation: number): string {
    const { code, inputs, output } = operator;
    const input = inputs[0]!;
    const filter = this.constantInput(operator, 1);
    const bias = inputs[2] ?? null;
    const { shape } = this.tensor(filter);
    const isLinear = code === 'FULLY_CONNECTED';
    if (shape.length !== (isLinear ? 2 : 4))
      throw corruptFile(this.model.file, `a filter of ${code} has the shape ${shape.join(' x ')}.`);
    const isDepthwise = code === 'DEPTHWISE_CONV_2D';
    const outputs = isDepthwise ? shape[3]! : shape[0]!;
    const channels = this.tensor(input).shape.at(-1)!;
    const rank = this.tensor(input).shape.length;
    const from = isLinear
      ? this.graph.node('Reshape', [
          this.pixelOrder(this.value(input), rank),
          this.graph.ints([-1, shape[1]!, 1, 1]),
        ])
      : this.value(input);
    const dims = isLinear
      ? [outputs, shape[1]!, 1, 1]
      : isDepthwise
        ? [outputs, 1, shape[1]!, shape[2]!]
        : [outputs, shape[3]!, shape[1]!, shape[2]!];
    const attributes: Record<string, Attribute> = isLinear
      ? {}
      : {
          ...this.window(input, output, [shape[1]!, shape[2]!], options),
          group: isDepthwise ? channels : channels / shape[3]!,
        };
    const activated = this.isFloat(output)
      ? this.activate(this.sumFloat(from, filter, bias, dims, attributes), activation)
      : this.weightedStored(operator, from, dims, attributes, activation);
    const toRank = this.tensor(output).shape.length;
    if (!isLinear || toRank === 4) return activated;
    return this.graph.node('Reshape', [
      activated,
      this.graph.ints([-1, ...this.tensor(output).shape.slice(1)]),
    ]);
  }

  /** Strides, dilations and padding of a window of `kernel` rows and columns. */
  private window(input: number, output: number, kernel: [number, number], options: Options) {
    const strides = [Number(options['stride_h']), Number(options['stride_w'])];
    const dilations = [Number(options['dilation_h_factor'] ?? 1), Number(options['dilation_w_factor'] ?? 1)];
    const [from, to] = [this.tensor(input).shape, this.tensor(output).shape];
    if (from.length !== 4 || to.length !== 4)
      throw corruptFile(this.model.file, 'a window moves over something that is no image.');
    const total = kernel.map((side, axis) => {
      const reach = (side - 1) * dilations[axis]! + 1;
      const length = from[axis + 1]!;
      return options['padding'] === paddings.SAME
        ? Math.max(0, (Math.ceil(length / strides[axis]!) - 1) * strides[axis]! + reach - length)
        : 0;
    });
    const before = total.map((rows) => Math.floor(rows / 2));
    return {
      kernel_shape: kernel,
      strides,
      dilations,
      pads: [...before, ...total.map((rows, i) => rows - before[i]!)],
    };
  }

  private sumFloat(
    from: string,
    filter: number,
    bias: number | null,
    dims: number[],
    attributes: Record<string, Attribute>,
  ): string {
    const { shape } = this.tensor(filter);
    const weight = this.graph.constant('float32', dims, inPlanes(this.reals(filter), shape));
    const added = bias === null ? [] : [this.graph.constant('float32', [dims[0]!], this.reals(bias))];
    return this.graph.node('Conv', [from, weight, ...added], attributes);
  }

  /** Exact sums of products, rescaled and kept within the activation's bounds. */
  private weightedStored(
    { inputs, output }: TfliteOperator,
    from: string,
    dims: number[],
    attributes: Record<string, Attribute>,
    activation: number,
  ): string {
    const [input, filter, bias] = inputs as [number, number, number | null | undefined];
    const { data, type, steps, shape, name } = this.tensor(filter);
    if (!data || !steps || (type !== 'INT8' && type !== 'UINT8'))
      throw this.unsupported(`the filter "${name}" is no constant of int8`);
    const [zero] = steps.zeroPoint;
    if (steps.zeroPoint.some((point) => point !== zero))
      throw this.unsupported(`the filter "${name}" has several zero points`);
    const stored = type === 'INT8' ? new Int8Array(data.slice().buffer) : data;
    const [source, to] = [this.stored(input), this.stored(output)];
    const weights = Float32Array.from(stored, (value) => value - zero!);
    const { sums, most } = exactSums(this.graph, this.fixed, {
      from,
      zero: source.zero,
      weights: inPlanes(weights, shape),
      dims,
      bias: bias === null || bias === undefined ? null : this.integers(bias),
      attributes,
    });
    const factors = steps.scale.map((scale) => fixedPoint((source.scale * scale) / to.scale));
    const scaleDims = factors.length === 1 ? [] : [factors.length, 1, 1];
    const scaled = this.fixed.multiply(sums, factors, scaleDims, most, to.zero);
    return this.fixed.clamp(scaled, ...this.bounds(to, activation));
  }

  private poolWindow(input: number, output: number, options: Options) {
    const kernel: [number, number] = [Number(options['filter_height']), Number(options['filter_width'])];
    const { kernel_shape, strides, pads } = this.window(input, output, kernel, options);
    return { kernel_shape, strides, pads };
  }

  private maxPool(input: number, output: number, options: Options, activation: number): string {
    const window = this.poolWindow(input, output, options);
    const pooled = this.graph.node('MaxPool', [this.value(input)], window);
    if (this.isFloat(output)) return this.activate(pooled, activation);
    const [low, high] = this.bounds(this.stored(output), activation);
    return low === 0 && high === 255 ? pooled : this.fixed.clamp(this.fixed.toDouble(pooled), low, high);
  }

  private averagePool(input: number, output: number, options: Options, activation: number): string {
    const window = this.poolWindow(input, output, options);
    if (this.isFloat(output))
      return this.activate(this.graph.node('AveragePool', [this.value(input)], window), activation);
    const float = this.graph.node('Cast', [this.value(input)], { to: elementCodes.float32 });
    const mean = this.graph.node('AveragePool', [float], window);
    const rounded = this.graph.node('Floor', [this.graph.node('Add', [mean, this.graph.scalar(0.5)])]);
    return this.fixed.clamp(this.fixed.toDouble(rounded), ...this.bounds(this.stored(output), activation));
  }

  /** A float operand in its place for a result of `rank` dimensions; constants broadcast from their last dimension. */
  private operand(index: number, rank: number): string {
    const { shape } = this.tensor(index);
    if (!this.isConstant(index)) {
      if (shape.length !== rank) throw this.unsupported('values of different dimensions are combined');
      return this.value(index);
    }
    const full = [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
    return this.planeOrder(this.graph.constant('float32', full, this.reals(index)), rank);
  }

  private elementwise(name: string, operator: TfliteOperator, activation: number): string {
    const rank = this.tensor(operator.output).shape.length;
    const [a, b] = [this.constantInput(operator, 0), this.constantInput(operator, 1)];
    return this.activate(this.graph.node(name, [this.operand(a, rank), this.operand(b, rank)]), activation);
  }

  /** Both inputs in units of half the larger scale and 2^-20 of it, added, then rescaled; integer_ops/add.h. */
  private addStored(operator: TfliteOperator, activation: number): string {
    const inputs = [this.constantInput(operator, 0), this.constantInput(operator, 1)];
    const output = this.stored(operator.output);
    const unit = 2 * largest(inputs.map((input) => this.stored(input).scale));
    const [a, b] = inputs.map((input) => {
      const shifted = this.graph.node('Mul', [this.centred(input), this.fixed.number(2 ** 20)]);
      return this.fixed.multiply(shifted, [fixedPoint(this.stored(input).scale / unit)], [], 255);
    });
    const sum = this.graph.node('Add', [a!, b!]);
    const scaled = this.fixed.multiply(
      sum,
      [fixedPoint(unit / (2 ** 20 * output.scale))],
      [],
      2 ** 29,
      output.zero,
    );
    return this.fixed.clamp(scaled, ...this.bounds(output, activation));
  }

  private pad(input: number, amounts: number, output: number): string {
    const list = this.integers(amounts);
    const [from, to] = [this.tensor(input).shape, this.tensor(output).shape];
    const isSound = from.every((side, axis) => {
      const [before, after] = [list[2 * axis] ?? -1, list[2 * axis + 1] ?? -1];
      return before >= 0 && after >= 0 && side + before + after === to[axis];
    });
    if (!isSound || from.length !== 4)
      throw corruptFile(this.model.file, 'a padding does not fit its shapes.');
    const order = [0, 3, 1, 2];
    const pads = [...order.map((axis) => list[2 * axis]!), ...order.map((axis) => list[2 * axis + 1]!)];
    const fill = this.isFloat(input)
      ? this.graph.scalar(0)
      : this.graph.constant('uint8', [], Uint8Array.of(this.stored(output).zero));
    return this.graph.node('Pad', [this.value(input), this.graph.ints(pads), fill]);
  }

  /** Over height and width. */
  private reduce(operator: TfliteOperator, keepsDimensions: boolean): string {
    const { code, output } = operator;
    const input = this.constantInput(operator, 0);
    const { shape } = this.tensor(input);
    const axes = this.integers(this.constantInput(operator, 1)).map((axis) =>
      axis < 0 ? axis + shape.length : axis,
    );
    if (shape.length !== 4 || axes.toSorted().join() !== '1,2')
      throw this.unsupported(`${code} is not over height and width`);
    const over = this.graph.ints([2, 3]);
    const attributes = { keepdims: keepsDimensions ? 1 : 0 };
    if (code === 'REDUCE_MAX') return this.graph.node('ReduceMax', [this.value(input), over], attributes);
    if (this.isFloat(output)) return this.graph.node('ReduceMean', [this.value(input), over], attributes);
    const [from, to] = [this.stored(input), this.stored(output)];
    const sum = this.graph.node('ReduceSum', [this.centred(input), over], attributes);
    const count = shape[1]! * shape[2]!;
    const scaled = this.fixed.multiply(
      sum,
      [meanFactor(from.scale / to.scale, count)],
      [],
      255 * count,
      to.zero,
    );
    return this.fixed.clamp(scaled, 0, 255);
  }

  private concatenate(operator: TfliteOperator, axis: number, activation: number): string {
    const { inputs, output } = operator;
    const rank = this.tensor(output).shape.length;
    const at = axis < 0 ? axis + rank : axis;
    const parts = inputs.map((_, index) => {
      const input = this.constantInput(operator, index);
      return this.isFloat(output) ? this.operand(input, rank) : this.restep(input, output, activation);
    });
    const joined = this.graph.node('Concat', parts, { axis: rank === 4 ? (planeAxes[at] ?? at) : at });
    return this.isFloat(output) ? this.activate(joined, activation) : joined;
  }
}

/** The index along the steps' axis of a number in a tensor. */
function channelsAlong(shape: readonly number[], { scale, axis }: Steps): (index: number) => number {
  if (scale.length === 1) return () => 0;
  const inner = product(shape.slice(axis + 1));
  return (index) => Math.floor(index / inner) % scale.length;
}

/** A filter [outputs, height, width, inputs] as [outputs, inputs, height, width]; a depthwise one, [1, height, width, channels], as [channels, height, width]. */
function inPlanes<T extends Float32Array | Uint8Array>(data: T, shape: readonly number[]): T {
  if (shape.length !== 4) return data;
  const [outputs, height, width, inputs] = shape as [number, number, number, number];
  const area = height * width;
  const turned = data.slice() as T;
  for (let o = 0; o < outputs; o++)
    for (let p = 0; p < area; p++)
      for (let i = 0; i < inputs; i++)
        turned[(o * inputs + i) * area + p] = data[(o * area + p) * inputs + i]!;
  return turned;
}

/** The factor of a sum that makes it a mean: divided as a fixed-point number, as reduce.cc does. */
function meanFactor(factor: number, count: number) {
  const { multiplier, shift } = fixedPoint(factor);
  const added = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** added) / count), shift: shift - added };
}

/** An ONNX graph that computes what a TensorFlow Lite model does. Throws UNSUPPORTED_FORMAT and WEIGHTS_CORRUPT. */
export const toGraph = (model: TfliteModel): GraphBuilder => new Converter(model).convert();
