import {
  type BuiltinOperator,
  builtinOperators,
  type BuiltinOptions,
  type TensorType,
  tensorTypes,
  type TfliteTable,
} from '../../flatbuffer/tflite.ts';

/** real = scale (stored - zero point): one pair for the tensor, or one for each index of `axis`. */
export interface Quantisation {
  scale: number[];
  zeroPoint: number[];
  axis?: number;
}

export interface TensorSpec {
  name: string;
  shape: number[];
  type: TensorType;
  quantisation?: Quantisation | undefined;
  /** Of a constant. */
  data?: Uint8Array;
}

/** An operator as a file names it; older runtimes refuse versions that they do not have. */
export interface OperatorCode {
  code: BuiltinOperator;
  version: number;
  /** First version of TensorFlow Lite with it (tensorflow/lite/tools/versioning/runtime_version.cc). */
  since: `${number}.${number}.${number}`;
}

/** Stands in the older field, of one byte, where a code is larger. */
const largestOldCode = 127;

const quantizationOf = ({ scale, zeroPoint, axis }: Quantisation): TfliteTable<'QuantizationParameters'> => ({
  scale,
  zero_point: zeroPoint,
  quantized_dimension: axis ?? 0,
});

/** 'a.b.c' in the order of versions. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** Collects a model's tensors, operators and buffers, and numbers them as the file wants it. */
export class ModelBuilder {
  private readonly tensors: TfliteTable<'Tensor'>[] = [];
  private readonly operators: TfliteTable<'Operator'>[] = [];
  private readonly codes: OperatorCode[] = [];
  /** The first is the empty one that all values without data share. */
  private readonly buffers: TfliteTable<'Buffer'>[] = [{}];

  /** The number of a new tensor. */
  tensor({ name, shape, type, quantisation, data }: TensorSpec): number {
    this.tensors.push({
      name,
      shape,
      type: tensorTypes[type],
      buffer: data ? this.buffer(data) : 0,
      quantization: quantisation ? quantizationOf(quantisation) : undefined,
    });
    return this.tensors.length - 1;
  }

  /** The shape of a tensor. */
  shapeOf(tensor: number): number[] {
    return [...this.tensors[tensor]!.shape!];
  }

  /** A constant of int32, such as axes. */
  integers(name: string, values: number[], shape = [values.length]): number {
    return this.tensor({ name, shape, type: 'INT32', data: new Uint8Array(Int32Array.from(values).buffer) });
  }

  /** `options`: undefined where the operator has none. */
  operator(code: OperatorCode, inputs: number[], output: number, options: BuiltinOptions | undefined): void {
    let index = this.codes.findIndex((known) => known.code === code.code && known.version === code.version);
    if (index < 0) index = this.codes.push(code) - 1;
    this.operators.push({ opcode_index: index, inputs, outputs: [output], builtin_options: options });
  }

  /** The operators' names, each once. */
  get operatorNames(): BuiltinOperator[] {
    return [...new Set(this.codes.map(({ code }) => code))];
  }

  /** The oldest version of TensorFlow Lite that has all operators. */
  get runtimeVersion(): string {
    return this.codes
      .map(({ since }) => since)
      .toSorted(inOrder)
      .at(-1)!;
  }

  private buffer(data: Uint8Array): number {
    return this.buffers.push({ data }) - 1;
  }

  /** The model, with one input and one output, under these names in its signature; `metadata`: buffers by name. */
  finish(
    description: string,
    input: { name: string; tensor: number },
    output: { name: string; tensor: number },
    metadata: Readonly<Record<string, Uint8Array>>,
  ): TfliteTable<'Model'> {
    const named = ({ name, tensor }: { name: string; tensor: number }) => [{ name, tensor_index: tensor }];
    return {
      version: 3,
      description,
      operator_codes: this.codes.map(({ code, version }) => {
        const number = builtinOperators[code];
        return { deprecated_builtin_code: Math.min(number, largestOldCode), builtin_code: number, version };
      }),
      subgraphs: [
        {
          name: 'main',
          tensors: this.tensors,
          operators: this.operators,
          inputs: [input.tensor],
          outputs: [output.tensor],
        },
      ],
      metadata: Object.entries(metadata).map(([name, data]) => ({ name, buffer: this.buffer(data) })),
      buffers: this.buffers,
      signature_defs: [
        { signature_key: 'serving_default', inputs: named(input), outputs: named(output), subgraph_index: 0 },
      ],
    };
  }
}
