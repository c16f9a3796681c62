import { ByteBuffer } from 'flatbuffers';
import {
  elementOf,
  type Field,
  fieldsOf,
  isScalar,
  type ReadTable,
  scalarBytes,
  type ScalarType,
  type Schema,
} from './schema.ts';

/** Not a FlatBuffer of its schema: an offset that leads outside, or far more content than the file has bytes. */
export class FlatBufferError extends Error {}

/** Reads one buffer, every offset checked against its bounds before it is followed. */
class Decoder {
  private readonly buffer: ByteBuffer;
  /** Content left to read, in bytes: offsets may share content, so that a small file could unfold without end. */
  private budget: number;
  private readonly fields = new Map<string, Field[]>();
  private readonly schema: Schema;
  private readonly bytes: Uint8Array;

  constructor(schema: Schema, bytes: Uint8Array) {
    this.schema = schema;
    this.bytes = bytes;
    this.buffer = new ByteBuffer(bytes);
    this.budget = 8 * bytes.length + 1024;
  }

  root(): unknown {
    this.claim(0, 8);
    const identifier = new TextDecoder('latin1').decode(this.bytes.subarray(4, 8));
    if (identifier !== this.schema.identifier)
      throw new FlatBufferError(`It begins with "${identifier}" instead of "${this.schema.identifier}".`);
    return this.table(this.schema.root, this.target(0));
  }

  private claim(position: number, length: number): void {
    if (position < 0 || length < 0 || position + length > this.bytes.length)
      throw new FlatBufferError('An offset leads outside of the file.');
    this.budget -= length;
    if (this.budget < 0) throw new FlatBufferError('Its parts refer to one another too often.');
  }

  /** Where the offset at `position` leads. */
  private target(position: number): number {
    this.claim(position, 4);
    return position + this.buffer.readUint32(position);
  }

  private fieldsOf(table: string): Field[] {
    let fields = this.fields.get(table);
    if (!fields) this.fields.set(table, (fields = fieldsOf(this.schema, table)));
    return fields;
  }

  private table(name: string, position: number): Record<string, unknown> {
    this.claim(position, 4);
    const vtable = position - this.buffer.readInt32(position);
    this.claim(vtable, 4);
    const size = this.buffer.readUint16(vtable);
    this.claim(vtable, size);
    const place = (id: number): number | null => {
      const slot = 4 + 2 * id;
      const offset = slot + 2 <= size ? this.buffer.readUint16(vtable + slot) : 0;
      return offset === 0 ? null : position + offset;
    };
    const values: Record<string, unknown> = {};
    for (const { name: field, id, type, default: standard } of this.fieldsOf(name)) {
      const at = place(id);
      if (isScalar(type)) {
        const value = at === null ? standard : this.scalar(type, at);
        values[field] = type === 'bool' ? value !== 0 : value;
        continue;
      }
      if (at === null) continue;
      if (type in this.schema.unions) {
        const kind = place(id - 1);
        const value = kind === null ? null : this.union(type, this.scalar('ubyte', kind), at);
        if (value) values[field] = value;
      } else values[field] = this.child(type, this.target(at));
    }
    return values;
  }

  private union(name: string, kind: number, at: number): { type: string; value: unknown } | null {
    const member = Object.entries(this.schema.unions[name]!).find(([, number]) => number === kind)?.[0];
    return member === undefined ? null : { type: member, value: this.table(member, this.target(at)) };
  }

  private child(type: string, position: number): unknown {
    const element = type === 'string' ? 'ubyte' : elementOf(type);
    if (element === null) return this.table(type, position);
    this.claim(position, 4);
    const length = this.buffer.readUint32(position);
    const start = position + 4;
    const width = isScalar(element) ? scalarBytes[element] : 4;
    this.claim(start, length * width);
    if (element === 'ubyte') {
      const bytes = this.bytes.subarray(start, start + length);
      return type === 'string' ? new TextDecoder().decode(bytes) : bytes;
    }
    return Array.from({ length }, (_, index) => {
      const at = start + index * width;
      return isScalar(element) ? this.scalar(element, at) : this.child(element, this.target(at));
    });
  }

  private scalar(type: ScalarType, at: number): number {
    this.claim(at, scalarBytes[type]);
    switch (type) {
      case 'float':
        return this.buffer.readFloat32(at);
      case 'long':
        return Number(this.buffer.readInt64(at));
      case 'ulong':
        return Number(this.buffer.readUint64(at));
      case 'int':
        return this.buffer.readInt32(at);
      case 'uint':
        return this.buffer.readUint32(at);
      case 'byte':
        return this.buffer.readInt8(at);
      default:
        return this.buffer.readUint8(at);
    }
  }
}

/**
 * The root table of a file, unfolded whole; vectors of bytes are views of it. Any bytes may be given. Throws FlatBufferError
 * where they are not a buffer of this schema.
 */
export const decode = <S extends Schema>(schema: S, bytes: Uint8Array): ReadTable<S, S['root']> =>
  new Decoder(schema, bytes).root() as ReadTable<S, S['root']>;
