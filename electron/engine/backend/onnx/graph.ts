import protobuf from 'protobufjs/minimal.js';
import { keyOf } from './key.ts';

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
export type Attribute =
  number | string | readonly number[] | { float: number } | { floats: readonly number[] };

export const nchwcDomain = 'com.microsoft.nchwc';
export const microsoftDomain = 'com.microsoft';

interface NodeOptions {
  domain?: string;
  /** Names of the outputs, where they must be known. */
  outputs?: readonly string[];
}

interface Node {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Record<string, Attribute>;
  domain: string | undefined;
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

/** AttributeProto: name 1, f 2, i 3, s 4, floats 7, ints 8, type 20. */
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
  } else if ('floats' in value) {
    for (const item of value.floats) float(w, 7, item);
    varint(w, 20, 6);
  } else {
    for (const item of value) varint(w, 8, item);
    varint(w, 20, 7);
  }
}

/** ValueInfoProto of a tensor: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }. */
function writeValueInfo(w: Writer, name: string, type: ElementType, dims: readonly number[] | null): void {
  text(w, 1, name);
  message(w, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      varint(tensorType, 1, elementCodes[type]);
      if (dims === null) return;
      message(tensorType, 2, (shape) => {
        for (const dim of dims) message(shape, 1, (d) => varint(d, 1, dim));
      });
    }),
  );
}

/** ValueInfoProto of a sequence of tensors: TypeProto.sequence_type 4 { elem_type 1 { tensor_type 1 { elem_type 1 } } }. */
function writeSequenceInfo(w: Writer, name: string): void {
  text(w, 1, name);
  message(w, 2, (t) => message(t, 4, (s) => message(s, 1, (e) => message(e, 1, (x) => varint(x, 1, 1)))));
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

interface Port {
  name: string;
  type: ElementType;
  /** null: inferred. */
  dims: readonly number[] | null;
}

interface Initializer {
  name: string;
  type: ElementType;
  dims: readonly number[];
  data: Uint8Array;
}

function writeNode(w: Writer, { op, inputs, outputs, attributes, domain }: Node): void {
  for (const input of inputs) text(w, 1, input);
  for (const name of outputs) text(w, 2, name);
  text(w, 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(w, 5, (a) => writeAttribute(a, name, value));
  if (domain !== undefined) text(w, 7, domain);
}

/**
 * One graph under construction. Values are named by strings; nodes are kept in the order in which they were added. A node
 * that is there already (same operator, inputs and attributes) is not added again: its outputs are handed out.
 */
export class GraphBuilder {
  #nodes: Node[] = [];
  readonly #known = new Map<string, readonly string[]>();
  readonly #producers = new Map<string, Node>();
  readonly #initializers = new Map<string, Initializer>();
  #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #constants = new Map<string, string>();
  #sequence: string | null = null;
  #names = 0;

  get nodeList(): readonly Readonly<Node>[] {
    return this.#nodes;
  }

  /** The node that computes a value; undefined for inputs and constants. */
  producer(name: string): Readonly<Node> | undefined {
    return this.#producers.get(name);
  }

  /** `dims` null: any shape. */
  input(name: string, type: ElementType, dims: readonly number[] | null): string {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** `dims` null: left to inference. */
  output(name: string, type: ElementType, dims: readonly number[] | null): void {
    this.#outputs.push({ name, type, dims });
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
  ): readonly string[] {
    const key = outputs ? null : keyOf([op, inputs, count, attributes, domain]);
    const known = key === null ? undefined : this.#known.get(key);
    if (known) return known;
    const names = outputs ? [...outputs] : Array.from({ length: count }, () => `v${this.#names++}`);
    this.#nodes.push({ op, inputs: [...inputs], outputs: names, attributes, domain });
    if (key !== null) this.#known.set(key, names);
    for (const name of names) this.#producers.set(name, this.#nodes.at(-1)!);
    return names;
  }

  /** A list of int64 values (shapes, axes, pads), one constant for equal lists. */
  ints(values: readonly number[]): string {
    return this.#shared(`i${values.join()}`, () =>
      this.constant('int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** A float32 scalar constant. */
  scalar(value: number): string {
    return this.#shared(`f${keyOf(value)}`, () => this.constant('float32', [], Float32Array.of(value)));
  }

  /** A constant; the data is copied. `key`: one constant for all calls with this key, whose data is asked for once. */
  constant(
    type: ElementType,
    dims: readonly number[],
    data: ArrayBufferView | (() => ArrayBufferView),
    key?: string,
  ): string {
    const add = () => {
      const name = `c${this.#names++}`;
      const values = typeof data === 'function' ? data() : data;
      this.#initializers.set(name, { name, type, dims, data: asBytes(values).slice() });
      return name;
    };
    return key === undefined ? add() : this.#shared(key, add);
  }

  /**
   * Takes out all that depends on the inputs `frozen` and on constants alone. Gives the graph that computes it and its outputs'
   * names, which are inputs of this graph from now on: to be declared with `input`. Inputs that are no longer read go.
   */
  splitFrozen(frozen: ReadonlySet<string>): { graph: GraphBuilder; outputs: string[] } {
    const still = new Set(['', ...frozen, ...this.#initializers.keys()]);
    const graph = new GraphBuilder();
    const rest: Node[] = [];
    for (const node of this.#live()) {
      if (
        node.inputs.every((name) => still.has(name)) &&
        node.inputs.some((name) => !this.#initializers.has(name))
      ) {
        graph.#nodes.push(node);
        for (const name of node.outputs) still.add(name);
      } else rest.push(node);
    }
    const computed = new Set(graph.#nodes.flatMap(({ outputs }) => outputs));
    const read = new Set(rest.flatMap(({ inputs }) => inputs));
    const outputs = [...computed].filter((name) => read.has(name));
    for (const [name, value] of this.#initializers) graph.#initializers.set(name, value);
    const given = new Set(graph.#nodes.flatMap(({ inputs }) => inputs));
    for (const port of this.#inputs) if (given.has(port.name)) graph.#inputs.push(port);
    for (const name of outputs) graph.output(name, 'float32', null);
    this.#nodes = rest;
    const kept = this.#inputs.filter(({ name }) => !frozen.has(name) || read.has(name));
    this.#inputs = kept;
    return { graph, outputs };
  }

  get inputNames(): string[] {
    return this.#inputs.map(({ name }) => name);
  }

  #shared(key: string, add: () => string): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = add();
    this.#constants.set(key, name);
    return name;
  }

  /**
   * Declares an empty sequence as the graph's first output. Whoever runs it with the binding of onnxruntime-node gets an
   * error after all tensors were written in place and before they would be copied (see onnxruntime/session.ts).
   */
  addSequenceOutput(name: string): void {
    this.nodes('SequenceEmpty', [], 1, { dtype: elementCodes.float32 }, { outputs: [name] });
    this.#sequence = name;
  }

  /** The nodes that an output needs, in order. */
  #live(): Node[] {
    const needed = new Set(this.#outputs.map(({ name }) => name));
    if (this.#sequence !== null) needed.add(this.#sequence);
    const live: Node[] = [];
    for (const node of [...this.#nodes].reverse()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      for (const input of node.inputs) needed.add(input);
      live.push(node);
    }
    return live.reverse();
  }

  /** ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8. GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
  build(opset = 18): Uint8Array {
    const nodes = this.#live();
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    const w = protobuf.Writer.create();
    varint(w, 1, 8);
    text(w, 2, 'distill-studio');
    message(w, 7, (graph) => {
      for (const node of nodes) message(graph, 1, (x) => writeNode(x, node));
      text(graph, 2, 'graph');
      for (const { name, type, dims, data } of this.#initializers.values())
        if (used.has(name)) message(graph, 5, (x) => writeTensor(x, name, type, dims, data));
      for (const { name, type, dims } of this.#inputs)
        message(graph, 11, (x) => writeValueInfo(x, name, type, dims));
      const sequence = this.#sequence;
      if (sequence !== null) message(graph, 12, (x) => writeSequenceInfo(x, sequence));
      for (const { name, type, dims } of this.#outputs)
        message(graph, 12, (x) => writeValueInfo(x, name, type, dims));
    });
    const importOpset = (domain: string, version: number) =>
      message(w, 8, (o) => {
        text(o, 1, domain);
        varint(o, 2, version);
      });
    importOpset('', opset);
    const domains = new Set(nodes.flatMap(({ domain }) => domain ?? []));
    for (const domain of domains) importOpset(domain, 1);
    return w.finish();
  }
}
