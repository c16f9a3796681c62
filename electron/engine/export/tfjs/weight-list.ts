import { type NodeDef, shapeDef } from './graph-def.ts';

/** One entry of a weights manifest. */
export interface WeightEntry {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32';
}

/** The constants of a graph: nodes of it, whose values lie in the shards, one after the other. */
export class WeightList {
  readonly nodes: NodeDef[] = [];
  readonly entries: WeightEntry[] = [];
  readonly #values: (Float32Array | Int32Array)[] = [];

  /** Gives its name. */
  add(name: string, shape: readonly number[], values: Float32Array | Int32Array): string {
    const isFloat = values instanceof Float32Array;
    const dtype = isFloat ? 'DT_FLOAT' : 'DT_INT32';
    const tensor = { dtype, tensorShape: shapeDef(shape) } as const;
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor } } });
    this.entries.push({ name, shape: [...shape], dtype: isFloat ? 'float32' : 'int32' });
    this.#values.push(values);
    return name;
  }

  /** Little-endian, as the format wants it: so is every processor that the native libraries are built for. */
  bytes(): Uint8Array {
    return Buffer.concat(
      this.#values.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
    );
  }
}
