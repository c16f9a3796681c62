import { type Attribute, encodeModel, type Initializer, type Node, type Port } from './encode.ts';
import { elementCodes, type ElementType } from './fields.ts';
import { keyOf } from './key.ts';

export const nchwcDomain = 'com.microsoft.nchwc';
export const microsoftDomain = 'com.microsoft';

interface NodeOptions {
  domain?: string;
  /** Names of the outputs, where they must be known. */
  outputs?: readonly string[];
}

const asBytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

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
   * error after all tensors were written in place and before they would be copied (onnxruntime/run-in-place.ts).
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

  /** Only what a computation needs is written. */
  build(opset = 18): Uint8Array {
    const nodes = this.#live();
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    const sequence = this.#sequence;
    return encodeModel({
      opset,
      name: 'graph',
      nodes,
      initializers: [...this.#initializers.values()].filter(({ name }) => used.has(name)),
      inputs: this.#inputs,
      outputs: [
        ...(sequence === null
          ? []
          : [{ name: sequence, type: { sequenceOf: 'float32' }, dims: null } as const]),
        ...this.#outputs,
      ],
    });
  }
}
