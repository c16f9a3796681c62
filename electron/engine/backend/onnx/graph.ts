import protobuf from 'protobufjs/minimal.js';

/**
 * Writes ONNX models (onnx.proto of the ONNX project, IR version 8) by field number. Only what a computation needs is
 * written; ONNX Runtime infers the rest.
 */

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64' | 'uint8' | 'float16';

/** TensorProto.DataType */
const elementCodes: Record<ElementType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** A number is an int, a list of numbers ints; floats must say so. */
export type Attribute = number | string | readonly number[] | { float: number };

export const nchwcDomain = 'com.microsoft.nchwc';
export const microsoftDomain = 'com.microsoft';

interface NodeOptions {
  domain?: string;
  /** Names of the outputs, where they must be known. */
  outputs?: readonly string[];
}

type Writer = protobuf.Writer;

const varint = (w: Writer, field: number, value: number) => w.uint32(field << 3).int64(value);
const text = (w: Writer, field: number, value: string) => w.uint32((field << 3) | 2).string(value);
const raw = (w: Writer, field: number, value: Uint8Array) => w.uint32((field << 3) | 2).bytes(value);
const float = (w: Writer, field: number, value: number) => w.uint32((field << 3) | 5).float(value);

function message(w: Writer, field: number, write: (w: Writer) => void): void {
  w.uint32((field << 3) | 2).fork();
  write(w);
  w.ldelim();
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
function writeAttribute(w: Writer, name: string, value: Attribute): void {
  text(w, 1, name);
  if (typeof value === 'number') {
    varint(w, 3, value);
    varint(w, 20, 2);
  } else if (typeof value === 'string') {
    text(w, 4, value);
    varint(w, 20, 3);
  } else if ('float' in value) {
    float(w, 2, value.float);
    varint(w, 20, 1);
  } else {
    for (const item of value) varint(w, 8, item);
    varint(w, 20, 7);
  }
}

/** ValueInfoProto of a tensor: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }. */
function writeValueInfo(w: Writer, name: string, type: ElementType, dims: readonly number[]): void {
  text(w, 1, name);
  message(w, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      varint(tensorType, 1, elementCodes[type]);
      message(tensorType, 2, (shape) => {
        for (const dim of dims) message(shape, 1, (d) => varint(d, 1, dim));
      });
    }),
  );
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function writeTensor(
  w: Writer,
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: Uint8Array,
): void {
  for (const dim of dims) varint(w, 1, dim);
  varint(w, 2, elementCodes[type]);
  text(w, 8, name);
  raw(w, 9, data);
}

const asBytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** One graph under construction. Values are named by strings; nodes are kept in the order in which they were added. */
export class GraphBuilder {
  readonly #nodes: ((w: Writer) => void)[] = [];
  readonly #initializers: ((w: Writer) => void)[] = [];
  readonly #inputs: ((w: Writer) => void)[] = [];
  readonly #outputs: ((w: Writer) => void)[] = [];
  readonly #constants = new Map<string, string>();
  readonly #domains = new Set<string>();
  #names = 0;

  get nodeCount(): number {
    return this.#nodes.length;
  }

  input(name: string, type: ElementType, dims: readonly number[]): string {
    this.#inputs.push((w) => writeValueInfo(w, name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims: readonly number[]): void {
    this.#outputs.push((w) => writeValueInfo(w, name, type, dims));
  }

  /** Adds a node with one output and returns the output's name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    options: NodeOptions = {},
  ): string {
    return this.nodes(op, inputs, 1, attributes, options)[0]!;
  }

  /** Adds a node with `count` outputs. An empty input name leaves an optional input out. */
  nodes(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Record<string, Attribute> = {},
    { domain, outputs }: NodeOptions = {},
  ): string[] {
    const names = outputs ? [...outputs] : Array.from({ length: count }, () => `v${this.#names++}`);
    if (domain !== undefined) this.#domains.add(domain);
    this.#nodes.push((w) => {
      for (const input of inputs) text(w, 1, input);
      for (const name of names) text(w, 2, name);
      text(w, 4, op);
      for (const [name, value] of Object.entries(attributes))
        message(w, 5, (a) => writeAttribute(a, name, value));
      if (domain !== undefined) text(w, 7, domain);
    });
    return names;
  }

  /** A list of int64 values (shapes, axes, pads), one constant for equal lists. */
  ints(values: readonly number[]): string {
    return this.#constant(`i${values.join()}`, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A float32 scalar constant. */
  scalar(value: number): string {
    return this.#constant(`f${value}`, 'float32', [], Float32Array.of(value));
  }

  #constant(key: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = `c${this.#names++}`;
    this.#constants.set(key, name);
    this.#initializers.push((w) => writeTensor(w, name, type, dims, asBytes(data)));
    return name;
  }

  /**
   * Declares an empty sequence as the graph's first output. Whoever runs it with the binding of onnxruntime-node gets an
   * error after all tensors were written in place and before they would be copied (see onnxruntime/session.ts).
   */
  addSequenceOutput(name: string): void {
    this.nodes('SequenceEmpty', [], 1, { dtype: elementCodes.float32 }, { outputs: [name] });
    // ValueInfoProto with TypeProto.sequence_type 4 { elem_type 1 { tensor_type 1 { elem_type 1 } } }
    this.#outputs.unshift((w) => {
      text(w, 1, name);
      message(w, 2, (t) => message(t, 4, (s) => message(s, 1, (e) => message(e, 1, (x) => varint(x, 1, 1)))));
    });
  }

  /** ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8. GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
  build(opset = 18): Uint8Array {
    const w = protobuf.Writer.create();
    varint(w, 1, 8);
    text(w, 2, 'distill-studio');
    message(w, 7, (graph) => {
      for (const write of this.#nodes) message(graph, 1, write);
      text(graph, 2, 'graph');
      for (const write of this.#initializers) message(graph, 5, write);
      for (const write of this.#inputs) message(graph, 11, write);
      for (const write of this.#outputs) message(graph, 12, write);
    });
    const importOpset = (domain: string, version: number) =>
      message(w, 8, (o) => {
        text(o, 1, domain);
        varint(o, 2, version);
      });
    importOpset('', opset);
    for (const domain of this.#domains) importOpset(domain, 1);
    return w.finish();
  }
}
