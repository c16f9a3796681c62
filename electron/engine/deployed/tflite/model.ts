import { DistillError } from '../../../contract/errors.ts';
import { decode, FlatBufferError } from '../../flatbuffer/decode.ts';
import {
  type BuiltinOperator,
  builtinOperators,
  type TensorType,
  tensorTypes,
  type TfliteRead,
  tfliteSchema,
} from '../../flatbuffer/tflite.ts';
import { product } from '../../models/describe.ts';

/** real = scale (stored - zero point), one pair or one an index of `axis`. */
export interface Steps {
  scale: readonly number[];
  zeroPoint: readonly number[];
  axis: number;
}

export interface TfliteTensor {
  name: string;
  shape: readonly number[];
  type: TensorType;
  steps: Steps | null;
  /** Of a constant: as many bytes as shape and type ask for. */
  data: Uint8Array | null;
}

export interface TfliteOperator {
  code: BuiltinOperator;
  /** null: an optional input that is left out. */
  inputs: readonly (number | null)[];
  output: number;
  options: TfliteRead<'Operator'>['builtin_options'];
}

/** The first subgraph of a file; numbers of tensors are within `tensors`. */
export interface TfliteModel {
  file: string;
  tensors: readonly TfliteTensor[];
  /** In an order in which they can be computed. */
  operators: readonly TfliteOperator[];
  input: number;
  output: number;
  metadata: ReadonlyMap<string, Uint8Array>;
}

const elementBytes: Record<TensorType, number> = {
  FLOAT32: 4,
  FLOAT16: 2,
  INT32: 4,
  UINT8: 1,
  INT64: 8,
  INT8: 1,
};
/** Numbers in one tensor: more is no network for images. */
const mostElements = 2 ** 27;

/** Operators of other networks that people may try, for a message that names them. */
const otherOperators: Record<number, string> = {
  5: 'DEPTH_TO_SPACE',
  11: 'L2_NORMALIZATION',
  23: 'RESIZE_BILINEAR',
  28: 'TANH',
  32: 'CUSTOM',
  36: 'GATHER',
  45: 'STRIDED_SLICE',
  47: 'EXP',
  49: 'SPLIT',
  53: 'CAST',
  54: 'PRELU',
  55: 'MAXIMUM',
  56: 'ARG_MAX',
  57: 'MINIMUM',
  60: 'PADV2',
  67: 'TRANSPOSE_CONV',
  70: 'EXPAND_DIMS',
  74: 'SUM',
  75: 'SQRT',
  77: 'SHAPE',
  83: 'PACK',
  97: 'RESIZE_NEAREST_NEIGHBOR',
  98: 'LEAKY_RELU',
  126: 'BATCH_MATMUL',
};

const nameOf = <T extends string>(table: Readonly<Record<T, number>>, number: number): T | undefined =>
  (Object.keys(table) as T[]).find((name) => table[name] === number);

export const corruptFile = (file: string, why: string, cause?: unknown): DistillError =>
  new DistillError(
    'WEIGHTS_CORRUPT',
    `"${file}" is not a sound TensorFlow Lite file: ${why}`,
    'Export or download it again.',
    { cause },
  );

/** A network that is sound but not read here. */
export const unsupported = (file: string, what: string): DistillError =>
  new DistillError(
    'UNSUPPORTED_FORMAT',
    `"${file}" cannot be run here: ${what}.`,
    'Convert the network to ONNX, or choose a classifier of convolutions, pooling and linear layers.',
  );

function stepsOf({ quantization }: TfliteRead<'Tensor'>): Steps | null {
  const { scale, zero_point: points = [], quantized_dimension: axis = 0 } = quantization ?? {};
  if (!scale || scale.length === 0) return null;
  return { scale, zeroPoint: scale.map((_, i) => points[i] ?? points[0] ?? 0), axis };
}

function parse(
  file: string,
  { subgraphs = [], buffers = [], operator_codes = [], metadata = [] }: TfliteRead<'Model'>,
): TfliteModel {
  const fail = (why: string): DistillError => corruptFile(file, why);
  const graph = subgraphs[0];
  if (!graph) throw fail('it has no network.');
  const { tensors: written = [], operators = [], inputs = [], outputs = [] } = graph;
  const bufferOf = (index: number): Uint8Array | null => {
    const buffer = buffers[index];
    if (!buffer) throw fail(`it refers to the buffer ${index} of ${buffers.length}.`);
    return buffer.data && buffer.data.length > 0 ? buffer.data : null;
  };
  const tensors = written.map((tensor): TfliteTensor => {
    const { name = '', shape = [], buffer } = tensor;
    const type = nameOf(tensorTypes, tensor.type);
    if (!type) throw unsupported(file, `its tensor "${name}" has the type ${tensor.type}`);
    if (shape.some((side) => side < 1) || product([...shape]) > mostElements)
      throw fail(`the tensor "${name}" has the shape ${shape.join(' x ')}.`);
    const data = bufferOf(buffer);
    if (data && data.length !== product([...shape]) * elementBytes[type])
      throw fail(`the tensor "${name}" has ${data.length} bytes, not those of its shape.`);
    const steps = stepsOf(tensor);
    if (steps?.scale.some((scale) => !(scale > 0 && Number.isFinite(scale))))
      throw fail(`the tensor "${name}" has a scale that is not above 0.`);
    return { name, shape, type, steps, data };
  });
  const checked = (index: number): number => {
    if (!tensors[index]) throw fail(`it refers to the tensor ${index} of ${tensors.length}.`);
    return index;
  };
  const only = (list: readonly number[], what: string): number => {
    if (list.length !== 1) throw unsupported(file, `it has ${list.length} ${what}, not one`);
    return checked(list[0]!);
  };
  return {
    file,
    tensors,
    input: only(inputs, 'inputs'),
    output: only(outputs, 'outputs'),
    operators: operators.map((operator): TfliteOperator => {
      const code = operator_codes[operator.opcode_index];
      if (!code) throw fail(`it refers to the operator code ${operator.opcode_index}.`);
      const number = Math.max(code.builtin_code, code.deprecated_builtin_code);
      const name = nameOf(builtinOperators, number);
      if (!name) {
        const known = code.custom_code ?? otherOperators[number];
        throw unsupported(file, `it has the operator ${known ?? `of number ${number}`}`);
      }
      const [output] = operator.outputs ?? [];
      if (output === undefined) throw fail(`an operator ${name} has no output.`);
      return {
        code: name,
        inputs: (operator.inputs ?? []).map((index) => (index === -1 ? null : checked(index))),
        output: checked(output),
        options: operator.builtin_options,
      };
    }),
    metadata: new Map(
      metadata.flatMap(({ name, buffer }) => {
        const data = bufferOf(buffer);
        return name !== undefined && data ? [[name, data] as const] : [];
      }),
    ),
  };
}

/**
 * What a .tflite file holds, its references and sizes checked. `file`: for messages. Throws WEIGHTS_CORRUPT, and
 * UNSUPPORTED_FORMAT naming an operator or a type that is not read here.
 */
export function parseTflite(bytes: Uint8Array, file: string): TfliteModel {
  try {
    // A Buffer's slice would be no copy.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    return parse(file, decode(tfliteSchema, plain));
  } catch (thrown) {
    if (!(thrown instanceof FlatBufferError)) throw thrown;
    throw corruptFile(file, thrown.message, thrown);
  }
}
