/**
 * Checks a struct in Thrift's compact protocol before hyparquet reads it, which believes the lengths it finds: a list of
 * a few bytes may claim two thousand million items.
 */

/** The bytes end inside of the struct. */
export class CutOff extends Error {}

/** Structs within structs; Parquet's own are 6 deep. */
const maxDepth = 24;

const types = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
};

/** The offset behind the struct. Throws CutOff, or Error where it is none. */
export function structEnd(bytes: Uint8Array, from: number): number {
  return new Walker(bytes, from).struct(0);
}

class Walker {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  struct(depth: number): number {
    if (depth > maxDepth) throw new Error('its structs are nested too deeply');
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === types.stop) return this.#at;
      if (head >> 4 === 0) this.#varint();
      if (type !== types.true && type !== types.false) this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): void {
    if (type === types.byte || type === types.true || type === types.false) this.#skip(1);
    else if (type === types.i16 || type === types.i32 || type === types.i64) this.#varint();
    else if (type === types.double) this.#skip(8);
    else if (type === types.binary) this.#skip(this.#varint());
    else if (type === types.list || type === types.set) this.#list(depth);
    else if (type === types.struct) this.struct(depth + 1);
    else throw new Error('it has a field of an unknown type');
  }

  #list(depth: number): void {
    if (depth > maxDepth) throw new Error('its lists are nested too deeply');
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    // Every item has a byte at least.
    if (count > this.#bytes.length - this.#at) throw new CutOff('it is cut off');
    for (let i = 0; i < count; i++) this.#value(head & 0x0f, depth + 1);
  }

  /** Lengths of more than 31 bits are none that a file can have; longer integers are skipped over whole. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      if (shift > 63) throw new Error('it has a number of too many bytes');
    }
  }

  #byte(): number {
    this.#skip(1);
    return this.#bytes[this.#at - 1]!;
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new CutOff('it is cut off');
    this.#at += count;
  }
}
