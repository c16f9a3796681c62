import type { Attribute, Initializer, Node, OnnxModel, Port } from '../../backend/onnx/encode.ts';
import type { ElementType } from '../../backend/onnx/fields.ts';

const asBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A graph whose nodes have names that people read: each is called like the one value that it gives. */
export class NamedGraph {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #values = new Set<string>();

  #claim(name: string): string {
    if (this.#values.has(name)) throw new Error(`The graph has two values named "${name}".`);
    this.#values.add(name);
    return name;
  }

  input(port: Port): string {
    this.#inputs.push(port);
    return this.#claim(port.name);
  }

  /** Of a value that a node gives. */
  output(port: Port): void {
    this.#outputs.push(port);
  }

  /** Adds a node; gives its value, which has the node's name unless `value` gives another. */
  node(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    { doc, value = name }: { doc?: string; value?: string } = {},
  ): string {
    const outputs = [this.#claim(value)];
    this.#nodes.push({
      name,
      ...(doc === undefined ? {} : { doc }),
      op,
      inputs,
      outputs,
      attributes,
      domain: undefined,
    });
    return value;
  }

  /** Adds a constant; gives its name. The array is kept, not copied. */
  constant(name: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    this.#initializers.push({ name: this.#claim(name), type, dims, data: asBytes(data) });
    return name;
  }

  /** A constant of no axes, one for all that ask for its name. */
  scalar(name: string, value: number, type: 'float32' | 'uint8' | 'int8' = 'float32'): string {
    if (this.#values.has(name)) return name;
    const data = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array }[type].of(value);
    return this.constant(name, type, [], data);
  }

  /** A constant list of int64, one for all that ask for its values. */
  integers(values: readonly number[]): string {
    const name = `integers.${values.join('.')}`;
    if (this.#values.has(name)) return name;
    return this.constant(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  model(about: Omit<OnnxModel, 'nodes' | 'initializers' | 'inputs' | 'outputs'>): OnnxModel {
    return {
      ...about,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}
