import type { ReadTable, Schema, TableValue } from './schema.ts';

/**
 * What we write and read of a .tflite file; field numbers, defaults and numbers of enums after
 * tensorflow/lite/schema/schema.fbs, version 3. Fields that are left out here are skipped when read.
 */
export const tfliteSchema = {
  identifier: 'TFL3',
  root: 'Model',
  tables: {
    Model: {
      version: '0 uint',
      operator_codes: '1 [OperatorCode]',
      subgraphs: '2 [SubGraph]',
      description: '3 string',
      buffers: '4 [Buffer]',
      metadata: '6 [Metadata]',
      signature_defs: '7 [SignatureDef]',
    },
    /** Codes from 127 on stand in builtin_code alone; the first field keeps them for older readers. */
    OperatorCode: {
      deprecated_builtin_code: '0 byte',
      custom_code: '1 string',
      version: '2 int = 1',
      builtin_code: '3 int',
    },
    SubGraph: {
      tensors: '0 [Tensor]',
      inputs: '1 [int]',
      outputs: '2 [int]',
      operators: '3 [Operator]',
      name: '4 string',
    },
    Tensor: {
      shape: '0 [int]',
      type: '1 byte',
      buffer: '2 uint',
      name: '3 string',
      quantization: '4 QuantizationParameters',
      is_variable: '5 bool',
      shape_signature: '7 [int]',
    },
    /** real = scale (stored - zero point), one pair or one an index of `quantized_dimension`. */
    QuantizationParameters: {
      min: '0 [float]',
      max: '1 [float]',
      scale: '2 [float]',
      zero_point: '3 [long]',
      quantized_dimension: '6 int',
    },
    Operator: {
      opcode_index: '0 uint',
      inputs: '1 [int]',
      outputs: '2 [int]',
      builtin_options: '4 BuiltinOptions',
    },
    Buffer: { data: '0 [ubyte]' },
    Metadata: { name: '0 string', buffer: '1 uint' },
    TensorMap: { name: '0 string', tensor_index: '1 uint' },
    SignatureDef: {
      inputs: '0 [TensorMap]',
      outputs: '1 [TensorMap]',
      signature_key: '2 string',
      subgraph_index: '4 uint',
    },
    Conv2DOptions: {
      padding: '0 byte',
      stride_w: '1 int',
      stride_h: '2 int',
      fused_activation_function: '3 byte',
      dilation_w_factor: '4 int = 1',
      dilation_h_factor: '5 int = 1',
    },
    DepthwiseConv2DOptions: {
      padding: '0 byte',
      stride_w: '1 int',
      stride_h: '2 int',
      depth_multiplier: '3 int',
      fused_activation_function: '4 byte',
      dilation_w_factor: '5 int = 1',
      dilation_h_factor: '6 int = 1',
    },
    Pool2DOptions: {
      padding: '0 byte',
      stride_w: '1 int',
      stride_h: '2 int',
      filter_width: '3 int',
      filter_height: '4 int',
      fused_activation_function: '5 byte',
    },
    FullyConnectedOptions: {
      fused_activation_function: '0 byte',
      weights_format: '1 byte',
      keep_num_dims: '2 bool',
    },
    SoftmaxOptions: { beta: '0 float' },
    ConcatenationOptions: { axis: '0 int', fused_activation_function: '1 byte' },
    AddOptions: { fused_activation_function: '0 byte', pot_scale_int16: '1 bool = true' },
    MulOptions: { fused_activation_function: '0 byte' },
    SubOptions: { fused_activation_function: '0 byte', pot_scale_int16: '1 bool = true' },
    DivOptions: { fused_activation_function: '0 byte' },
    ReshapeOptions: { new_shape: '0 [int]' },
    ReducerOptions: { keep_dims: '0 bool' },
    PadOptions: {},
    TransposeOptions: {},
    DequantizeOptions: {},
    QuantizeOptions: {},
    SqueezeOptions: { squeeze_dims: '0 [int]' },
  },
  unions: {
    BuiltinOptions: {
      Conv2DOptions: 1,
      DepthwiseConv2DOptions: 2,
      Pool2DOptions: 5,
      FullyConnectedOptions: 8,
      SoftmaxOptions: 9,
      ConcatenationOptions: 10,
      AddOptions: 11,
      ReshapeOptions: 17,
      MulOptions: 21,
      PadOptions: 22,
      TransposeOptions: 26,
      ReducerOptions: 27,
      SubOptions: 28,
      DivOptions: 29,
      SqueezeOptions: 30,
      DequantizeOptions: 38,
      QuantizeOptions: 89,
    },
  },
} as const satisfies Schema;

export type TfliteTable<Table extends keyof typeof tfliteSchema.tables> = TableValue<
  typeof tfliteSchema,
  Table
>;
export type TfliteRead<Table extends keyof typeof tfliteSchema.tables> = ReadTable<
  typeof tfliteSchema,
  Table
>;
export type BuiltinOptions = NonNullable<TfliteTable<'Operator'>['builtin_options']>;

/** The operators that are written or read here, of some 200. */
export const builtinOperators = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MAX_POOL_2D: 17,
  MUL: 18,
  RELU: 19,
  RELU6: 21,
  RESHAPE: 22,
  SOFTMAX: 25,
  PAD: 34,
  TRANSPOSE: 39,
  MEAN: 40,
  SUB: 41,
  DIV: 42,
  SQUEEZE: 43,
  SLICE: 65,
  RSQRT: 76,
  REDUCE_MAX: 82,
  SQUARED_DIFFERENCE: 99,
  QUANTIZE: 114,
  HARD_SWISH: 117,
  GELU: 150,
} as const;
export type BuiltinOperator = keyof typeof builtinOperators;

export const tensorTypes = { FLOAT32: 0, FLOAT16: 1, INT32: 2, UINT8: 3, INT64: 4, INT8: 9 } as const;
export type TensorType = keyof typeof tensorTypes;

export const paddings = { SAME: 0, VALID: 1 } as const;
export const fusedActivations = { none: 0, relu: 1, relu6: 3 } as const;
