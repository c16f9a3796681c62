import protobuf from 'protobufjs/minimal.js';
import { attributeCodes, elementCodes, type ElementType, fields } from './fields.ts';

/** An ONNX model as plain values, and how it becomes a file. */

/** A number is an int, a list of numbers ints; floats must be marked. */
export type Attribute =
  number | string | readonly number[] | { float: number } | { floats: readonly number[] };

export interface Node {
  /** For people; nothing refers to it. */
  name?: string;
  doc?: string;
  op: string;
  /** Values; an empty name leaves an optional input out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Record<string, Attribute>;
  /** undefined: ONNX's own operators. */
  domain: string | undefined;
}

/** A value that enters or leaves the graph. */
export interface Port {
  name: string;
  type: ElementType | { sequenceOf: ElementType };
  /** A text is a side that is known when the graph runs, under that name. null: inferred. */
  dims: readonly (number | string)[] | null;
  doc?: string;
}

/** A constant. */
export interface Initializer {
  name: string;
  type: ElementType;
  dims: readonly number[];
  /** Little-endian, row by row. */
  data: Uint8Array;
}

export interface OnnxModel {
  /** Version of ONNX's own operators. */
  opset: number;
  /** Of the graph. */
  name: string;
  doc?: string;
  producerVersion?: string;
  /** In an order in which they can be computed. */
  nodes: readonly Node[];
  initializers: Iterable<Initializer>;
  inputs: readonly Port[];
  outputs: readonly Port[];
  metadata?: Record<string, string>;
}

type Writer = protobuf.Writer;

const varint = (w: Writer, field: number, value: number) => w.uint32(field << 3).int64(value);
const text = (w: Writer, field: number, value: string) => w.uint32((field << 3) | 2).string(value);
const raw = (w: Writer, field: number, value: Uint8Array) => w.uint32((field << 3) | 2).bytes(value);
const float = (w: Writer, field: number, value: number) => w.uint32((field << 3) | 5).float(value);

function optionalText(w: Writer, field: number, value: string | undefined): void {
  if (value !== undefined) text(w, field, value);
}

function message(w: Writer, field: number, write: (w: Writer) => void): void {
  w.uint32((field << 3) | 2).fork();
  write(w);
  w.ldelim();
}

function writeAttribute(w: Writer, name: string, value: Attribute): void {
  const { attribute } = fields;
  text(w, attribute.name, name);
  const type = (code: number) => varint(w, attribute.type, code);
  if (typeof value === 'number') {
    varint(w, attribute.i, value);
    type(attributeCodes.int);
  } else if (typeof value === 'string') {
    text(w, attribute.s, value);
    type(attributeCodes.string);
  } else if ('float' in value) {
    float(w, attribute.f, value.float);
    type(attributeCodes.float);
  } else if ('floats' in value) {
    for (const item of value.floats) float(w, attribute.floats, item);
    type(attributeCodes.floats);
  } else {
    for (const item of value) varint(w, attribute.ints, item);
    type(attributeCodes.ints);
  }
}

function writeNode(w: Writer, { name, doc, op, inputs, outputs, attributes, domain }: Node): void {
  const { node } = fields;
  for (const input of inputs) text(w, node.input, input);
  for (const output of outputs) text(w, node.output, output);
  optionalText(w, node.name, name);
  text(w, node.opType, op);
  for (const [key, value] of Object.entries(attributes))
    message(w, node.attribute, (a) => writeAttribute(a, key, value));
  optionalText(w, node.docString, doc);
  optionalText(w, node.domain, domain);
}

function writeTensorType(w: Writer, type: ElementType, dims: Port['dims']): void {
  message(w, fields.type.tensor, (tensor) => {
    varint(tensor, fields.tensorType.elemType, elementCodes[type]);
    if (dims === null) return;
    message(tensor, fields.tensorType.shape, (shape) => {
      for (const dim of dims)
        message(shape, fields.shape.dim, (d) =>
          typeof dim === 'number'
            ? varint(d, fields.dimension.value, dim)
            : text(d, fields.dimension.param, dim),
        );
    });
  });
}

function writePort(w: Writer, { name, type, dims, doc }: Port): void {
  text(w, fields.valueInfo.name, name);
  message(w, fields.valueInfo.type, (t) => {
    if (typeof type === 'string') writeTensorType(t, type, dims);
    else
      message(t, fields.type.sequence, (sequence) =>
        message(sequence, fields.sequenceType.elemType, (e) => writeTensorType(e, type.sequenceOf, null)),
      );
  });
  optionalText(w, fields.valueInfo.docString, doc);
}

function writeInitializer(w: Writer, { name, type, dims, data }: Initializer): void {
  for (const dim of dims) varint(w, fields.tensor.dims, dim);
  varint(w, fields.tensor.dataType, elementCodes[type]);
  text(w, fields.tensor.name, name);
  raw(w, fields.tensor.rawData, data);
}

/** The file, in IR version 8. Only what is stated is written: ONNX Runtime infers types and shapes of the other values. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const w = protobuf.Writer.create();
  varint(w, fields.model.irVersion, 8);
  text(w, fields.model.producerName, 'distill-studio');
  optionalText(w, fields.model.producerVersion, model.producerVersion);
  optionalText(w, fields.model.docString, model.doc);
  message(w, fields.model.graph, (graph) => {
    for (const node of model.nodes) message(graph, fields.graph.node, (x) => writeNode(x, node));
    text(graph, fields.graph.name, model.name);
    for (const one of model.initializers)
      message(graph, fields.graph.initializer, (x) => writeInitializer(x, one));
    for (const port of model.inputs) message(graph, fields.graph.input, (x) => writePort(x, port));
    for (const port of model.outputs) message(graph, fields.graph.output, (x) => writePort(x, port));
  });
  const importOpset = (domain: string, version: number) =>
    message(w, fields.model.opsetImport, (o) => {
      text(o, fields.opset.domain, domain);
      varint(o, fields.opset.version, version);
    });
  importOpset('', model.opset);
  for (const domain of new Set(model.nodes.flatMap((node) => node.domain ?? []))) importOpset(domain, 1);
  for (const [key, value] of Object.entries(model.metadata ?? {}))
    message(w, fields.model.metadataProps, (entry) => {
      text(entry, fields.entry.key, key);
      text(entry, fields.entry.value, value);
    });
  return w.finish();
}
