import type { DistillError } from '../../../contract/errors.ts';
import { elementCodes } from '../../backend/onnx/fields.ts';
import { GraphBuilder } from '../../backend/onnx/graph.ts';
import { halfValue } from '../../numbers/float16.ts';
import { fusedActivations } from '../../flatbuffer/tflite.ts';
import { product } from '../../models/describe.ts';
import { fixedPoint, FixedPointNodes } from './fixed-point.ts';
import {
  corruptFile,
  type Steps,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
  unsupported,
} from './model.ts';

const toPlanes = { perm: [0, 3, 1, 2] };
const toPixels = { perm: [0, 2, 3, 1] };

/** int8 is kept as uint8, 128 higher: one kind of kernel does for both. */
const offsetOf = ({ type }: TfliteTensor): number => (type === 'INT8' ? 128 : 0);

/** Steps of a tensor with one scale, in uint8. */
export interface Stored {
  scale: number;
  zero: number;
}

/** An operator's options by their names. */
export type Options = Readonly<Record<string, number | boolean | readonly number[] | undefined>>;

/** The values of a network while it becomes an ONNX graph: those of four dimensions as NCHW, int8 as uint8. */
export class Values {
  readonly graph = new GraphBuilder();
  readonly fixed = new FixedPointNodes(this.graph);
  /** Names of computed values by tensors. */
  private readonly names = new Map<number, string>();
  /** Constants that an operator computed. */
  private readonly folded = new Map<number, Float32Array>();
  private readonly model: TfliteModel;

  constructor(model: TfliteModel) {
    this.model = model;
  }

  set(index: number, name: string): void {
    this.names.set(index, name);
  }

  /** Declares the numbers of a dequantised constant as those of another tensor. */
  fold(index: number, constant: number): void {
    this.folded.set(index, this.dequantised(constant));
  }

  corrupt(why: string): DistillError {
    return corruptFile(this.model.file, why);
  }

  unsupported(what: string): DistillError {
    return unsupported(this.model.file, what);
  }

  tensor(index: number): TfliteTensor {
    return this.model.tensors[index]!;
  }

  value(index: number): string {
    const value = this.names.get(index);
    if (value === undefined)
      throw this.corrupt(`"${this.tensor(index).name}" is used before it is computed.`);
    return value;
  }

  isFloat(index: number): boolean {
    return this.tensor(index).type === 'FLOAT32';
  }

  stored(index: number): Stored {
    const tensor = this.tensor(index);
    const { type, steps, name } = tensor;
    if (type !== 'INT8' && type !== 'UINT8') throw this.unsupported(`"${name}" has the type ${type}`);
    if (!steps || steps.scale.length !== 1) throw this.unsupported(`"${name}" does not have a single scale`);
    return { scale: steps.scale[0]!, zero: steps.zeroPoint[0]! + offsetOf(tensor) };
  }

  /** A constant's numbers in float. */
  reals(index: number): Float32Array {
    const known = this.folded.get(index);
    if (known) return known;
    const { data, type, name } = this.tensor(index);
    if (!data) throw this.unsupported(`"${name}" is not a constant`);
    if (type === 'FLOAT32') return new Float32Array(data.slice().buffer);
    if (type === 'FLOAT16') return Float32Array.from(new Uint16Array(data.slice().buffer), halfValue);
    throw this.unsupported(`the constant "${name}" has the type ${type} where float32 is read`);
  }

  integers(index: number): number[] {
    const { data, type, name } = this.tensor(index);
    if (!data) throw this.unsupported(`"${name}" is not a constant`);
    if (type === 'INT32') return [...new Int32Array(data.slice().buffer)];
    if (type === 'INT64') return Array.from(new BigInt64Array(data.slice().buffer), Number);
    throw this.unsupported(`the constant "${name}" has the type ${type} where int32 is read`);
  }

  isConstant(index: number): boolean {
    return this.folded.has(index) || this.tensor(index).data !== null;
  }

  pixelOrder(value: string, rank: number): string {
    return rank === 4 ? this.graph.node('Transpose', [value], toPixels) : value;
  }

  planeOrder(value: string, rank: number): string {
    return rank === 4 ? this.graph.node('Transpose', [value], toPlanes) : value;
  }

  toReal(value: string, { scale, zero }: Stored): string {
    const float = this.graph.node('Cast', [value], { to: elementCodes.float32 });
    return this.graph.node('Mul', [
      this.graph.node('Sub', [float, this.graph.scalar(zero)]),
      this.graph.scalar(scale),
    ]);
  }

  /** Rounded to the nearest step. */
  toStored(value: string, { scale, zero }: Stored): string {
    const steps = this.graph.node('Div', [value, this.graph.scalar(scale)]);
    const rounded = this.graph.node('Floor', [
      this.graph.node('Add', [steps, this.graph.scalar(zero + 0.5)]),
    ]);
    const clipped = this.graph.node('Clip', [rounded, this.graph.scalar(0), this.graph.scalar(255)]);
    return this.graph.node('Cast', [clipped], { to: elementCodes.uint8 });
  }

  /** Stored numbers less their zero point, as float64. */
  centred(index: number): string {
    const { zero } = this.stored(index);
    return this.graph.node('Sub', [this.fixed.toDouble(this.value(index)), this.fixed.number(zero)]);
  }

  /** Between which stored numbers an activation keeps its values. */
  bounds({ scale, zero }: Stored, activation: number): [number, number] {
    const step = (value: number) => Math.min(Math.max(zero + Math.round(value / scale), 0), 255);
    if (activation === fusedActivations.relu) return [step(0), 255];
    if (activation === fusedActivations.relu6) return [step(0), step(6)];
    return [0, 255];
  }

  activate(value: string, activation: number): string {
    if (activation === fusedActivations.none) return value;
    if (activation === fusedActivations.relu) return this.graph.node('Relu', [value]);
    if (activation !== fusedActivations.relu6) throw this.unsupported(`it has the activation ${activation}`);
    return this.graph.node('Clip', [value, this.graph.scalar(0), this.graph.scalar(6)]);
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

  /** An input that the operator cannot do without. */
  requiredInput({ inputs, code }: TfliteOperator, index: number): number {
    const input = inputs[index];
    if (input === null || input === undefined) throw this.corrupt(`an operator ${code} lacks an input.`);
    return input;
  }

  /** The same numbers in another tensor's steps. */
  restep(from: number, to: number, activation: number): string {
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
}

/** The index along the steps' axis of a number in a tensor. */
function channelsAlong(shape: readonly number[], { scale, axis }: Steps): (index: number) => number {
  if (scale.length === 1) return () => 0;
  const inner = product(shape.slice(axis + 1));
  return (index) => Math.floor(index / inner) % scale.length;
}
