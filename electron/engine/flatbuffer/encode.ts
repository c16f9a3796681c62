import { Builder } from 'flatbuffers';
import { largest } from '../../contract/extremes.ts';
import {
  elementOf,
  type Field,
  fieldsOf,
  isScalar,
  scalarBytes,
  type Schema,
  type TableValue,
} from './schema.ts';

/** Vectors of bytes hold tensors, which runtimes read in place. */
const byteAlignment = 16;

type Values = Readonly<Record<string, unknown>>;

/** Writes one buffer; children before the tables that refer to them, as the format wants it. */
class Encoder {
  readonly builder = new Builder(1024);
  private readonly schema: Schema;

  constructor(schema: Schema) {
    this.schema = schema;
  }

  /** Returns the table's offset. */
  table(name: string, values: Values): number {
    const fields = fieldsOf(this.schema, name).filter((field) => values[field.name] !== undefined);
    const offsets = new Map(
      fields
        .filter(({ type }) => !isScalar(type))
        .map((field) => [field, this.child(field.type, values[field.name])]),
    );
    this.builder.startObject(
      1 +
        largest(
          fieldsOf(this.schema, name).map(({ id }) => id),
          -1,
        ),
    );
    for (const field of fields) this.field(field, values[field.name], offsets.get(field));
    return this.builder.endObject();
  }

  private field({ id, type, default: standard }: Field, value: unknown, offset: number | undefined): void {
    const { builder } = this;
    if (offset !== undefined) {
      const members = this.schema.unions[type];
      if (members) builder.addFieldInt8(id - 1, members[(value as { type: string }).type]!, 0);
      builder.addFieldOffset(id, offset, 0);
      return;
    }
    const number = Number(value);
    if (type === 'float') builder.addFieldFloat32(id, number, standard);
    else if (type === 'long' || type === 'ulong') builder.addFieldInt64(id, BigInt(number), BigInt(standard));
    else if (type === 'int' || type === 'uint') builder.addFieldInt32(id, number, standard);
    else builder.addFieldInt8(id, number, standard);
  }

  /** A string's, vector's, table's or union's offset. */
  private child(type: string, value: unknown): number {
    if (type === 'string') return this.builder.createString(value as string);
    if (type in this.schema.unions) {
      const { type: member, value: values } = value as { type: string; value: Values };
      return this.table(member, values);
    }
    const element = elementOf(type);
    if (element === null) return this.table(type, value as Values);
    if (element === 'ubyte') return this.bytes(value as Uint8Array);
    return this.vector(element, value as readonly unknown[]);
  }

  private bytes(data: Uint8Array): number {
    this.builder.prep(byteAlignment, data.length);
    return this.builder.createByteVector(data);
  }

  private vector(element: string, values: readonly unknown[]): number {
    const { builder } = this;
    const items = isScalar(element) ? values.map(Number) : values.map((value) => this.child(element, value));
    const bytes = isScalar(element) ? scalarBytes[element] : 4;
    builder.startVector(bytes, items.length, bytes);
    for (const item of items.toReversed()) {
      if (!isScalar(element)) builder.addOffset(item);
      else if (element === 'float') builder.addFloat32(item);
      else if (bytes === 8) builder.addInt64(BigInt(item));
      else if (bytes === 4) builder.addInt32(item);
      else builder.addInt8(item);
    }
    return builder.endVector();
  }
}

/** The file's bytes of a value of the schema's root table. */
export function encode<S extends Schema>(schema: S, value: TableValue<S, S['root']>): Uint8Array {
  const encoder = new Encoder(schema);
  encoder.builder.finish(encoder.table(schema.root, value), schema.identifier);
  return encoder.builder.asUint8Array();
}
