import type { BuiltinOperator, TensorType } from '../../flatbuffer/tflite.ts';
import type { ModelBuilder, OperatorCode, Quantisation } from './model-builder.ts';

/** A filter in TensorFlow Lite's layout, with the bias. */
export interface Filter {
  /** Of the operator that it belongs to. */
  name: string;
  /** [outputs, height, width, inputs], [1, height, width, channels] where depthwise, [outputs, inputs] where linear. */
  weight: Float32Array;
  shape: number[];
  /** Along which the outputs lie. */
  axis: number;
  /** [outputs] */
  bias: Float32Array;
}

/** What differs between a network in float and one in integers. */
export interface Style {
  /** Of all values between input and output. */
  type: TensorType;
  /** Of a value of the graph; undefined in float. */
  quantisation(value: string): Quantisation | undefined;
  code(operator: BuiltinOperator): OperatorCode;
  /** Vectors stay [1, 1, 1, n], and linear layers are 1x1 convolutions: those may have a scale an output everywhere. */
  linearAsConv: boolean;
  /** The tensors of a filter and its bias, which are applied to a value of this quantisation. */
  filter(builder: ModelBuilder, filter: Filter, input: Quantisation | undefined): [number, number];
  /** A constant of no other dimensions than [1], which broadcasts. */
  number(builder: ModelBuilder, name: string, value: number): number;
  /** The model's input, `name`, and the tensor with the pixels as numbers of `type`; both [1, size, size, 3]. */
  pixels(
    builder: ModelBuilder,
    name: string,
    shape: number[],
  ): { input: number; pixels: number; quantisation?: Quantisation };
  /** The model's output, `name`, [1, classes], from the logits. */
  probabilities(builder: ModelBuilder, name: string, logits: number, classes: number): number;
}
