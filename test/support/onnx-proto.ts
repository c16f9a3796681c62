import protobuf from 'protobufjs';

/** The parts of onnx.proto (https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto) that tests look at, copied from there. */
const schema = `
syntax = "proto2";
message AttributeProto { optional string name = 1; optional float f = 2; optional int64 i = 3; repeated int64 ints = 8; }
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; optional string doc_string = 3; }
message NodeProto {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  optional string domain = 7; repeated AttributeProto attribute = 5; optional string doc_string = 6;
}
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message ModelProto {
  optional int64 ir_version = 1; repeated OperatorSetIdProto opset_import = 8; optional string producer_name = 2;
  optional string producer_version = 3; optional string doc_string = 6; optional GraphProto graph = 7;
  repeated StringStringEntryProto metadata_props = 14;
}
message GraphProto {
  repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message TensorProto {
  repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9;
}
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  oneof value { Tensor tensor_type = 1; }
}`;

interface ValueInfo {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: number; dimParam?: string }[] } } };
  docString: string;
}

export interface OnnxProto {
  irVersion: number;
  opsetImport: { domain: string; version: number }[];
  producerName: string;
  metadataProps: { key: string; value: string }[];
  graph: {
    node: { name: string; opType: string; input: string[]; output: string[] }[];
    initializer: { name: string; dims: number[]; dataType: number; rawData: Uint8Array }[];
    input: ValueInfo[];
    output: ValueInfo[];
  };
}

const type = protobuf.parse(schema).root.lookupType('ModelProto');

/** An ONNX file, decoded by the ONNX project's own schema. */
export const decodeOnnx = (bytes: Uint8Array): OnnxProto =>
  type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as OnnxProto;
