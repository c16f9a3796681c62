/**
 * Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto), of the messages and fields that this
 * program writes or reads.
 */
export const fields = {
  model: {
    irVersion: 1,
    producerName: 2,
    producerVersion: 3,
    docString: 6,
    graph: 7,
    opsetImport: 8,
    metadataProps: 14,
  },
  opset: { domain: 1, version: 2 },
  entry: { key: 1, value: 2 },
  graph: { node: 1, name: 2, initializer: 5, docString: 10, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, opType: 4, attribute: 5, docString: 6, domain: 7 },
  attribute: { name: 1, f: 2, i: 3, s: 4, floats: 7, ints: 8, type: 20 },
  tensor: { dims: 1, dataType: 2, name: 8, rawData: 9, externalData: 13, dataLocation: 14 },
  valueInfo: { name: 1, type: 2, docString: 3 },
  type: { tensor: 1, sequence: 4 },
  tensorType: { elemType: 1, shape: 2 },
  sequenceType: { elemType: 1 },
  shape: { dim: 1 },
  dimension: { value: 1, param: 2 },
} as const;

/** TensorProto.DataType */
export const elementCodes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

export type ElementType = keyof typeof elementCodes;

/** AttributeProto.AttributeType */
export const attributeCodes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;
