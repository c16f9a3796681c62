import type { FileHandle } from 'node:fs/promises';
import protobuf from 'protobufjs/minimal.js';
import { corrupt } from '../../models/weights/errors.ts';

/** One field of a message: a number, or where its bytes are in the file. */
export type Field = { number: number; value: number } | { number: number; start: number; end: number };

const windowBytes = 1 << 16;
/** A tag and a length, or a tag and a number of 64 bits. */
const headBytes = 20;

/** What is looked at of a file at most, so that a hostile one takes neither memory nor time without end. */
const mostFields = 500_000;
const mostText = 1 << 25;
/** Bytes of a tensor's dimensions. */
const mostShape = 1 << 10;

/** Reads a protobuf file of any size through a window: what is skipped is never read. */
export class FieldScanner {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly size: number;
  #window = Buffer.alloc(0);
  #start = 0;
  #fields = 0;
  #text = 0;

  constructor(handle: FileHandle, file: string, size: number) {
    this.#handle = handle;
    this.#file = file;
    this.size = size;
  }

  /** Up to `length` bytes from the window, which is moved where they are not in it. */
  async #peek(position: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.size - position);
    if (position < this.#start || position + wanted > this.#start + this.#window.length) {
      const window = Buffer.alloc(Math.min(windowBytes, this.size - position));
      const { bytesRead } = await this.#handle.read(window, 0, window.length, position);
      this.#window = window.subarray(0, bytesRead);
      this.#start = position;
    }
    const from = position - this.#start;
    return this.#window.subarray(from, from + wanted);
  }

  /** The fields of the message between two positions, in their order. Throws WEIGHTS_CORRUPT. */
  async *fields(start = 0, end = this.size): AsyncGenerator<Field> {
    let position = start;
    while (position < end) {
      const reader = protobuf.Reader.create(await this.#peek(position, headBytes));
      const { field, next } = this.#read(reader, position, end);
      if (++this.#fields > mostFields) throw corrupt(this.#file, `it has more than ${mostFields} fields`);
      yield field;
      position = next;
    }
  }

  #read(reader: protobuf.Reader, position: number, end: number): { field: Field; next: number } {
    try {
      const tag = reader.uint32();
      const number = tag >>> 3;
      const fixed = (bytes: number) => ({ start: position + reader.pos, end: position + reader.pos + bytes });
      let field: Field;
      switch (tag & 7) {
        case 0:
          field = { number, value: Number(reader.int64()) };
          break;
        case 1:
          field = { number, ...fixed(8) };
          break;
        case 2: {
          const length = reader.uint32();
          field = { number, ...fixed(length) };
          break;
        }
        case 5:
          field = { number, ...fixed(4) };
          break;
        default:
          throw new RangeError(`a field of unknown kind at byte ${position}`);
      }
      const next = 'end' in field ? field.end : position + reader.pos;
      if (number === 0 || next > end)
        throw new RangeError(`a field at byte ${position} ends after its message`);
      return { field, next };
    } catch (thrown) {
      throw corrupt(this.#file, thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
  }

  /** The numbers of a repeated field, packed or one of many. Throws WEIGHTS_CORRUPT. */
  async numbers(field: Field): Promise<number[]> {
    if ('value' in field) return [field.value];
    const length = field.end - field.start;
    if (length > mostShape) throw corrupt(this.#file, `a list of ${length} bytes stands for a shape`);
    const reader = protobuf.Reader.create(await this.#peek(field.start, length));
    const found: number[] = [];
    try {
      while (reader.pos < reader.len) found.push(Number(reader.int64()));
    } catch (thrown) {
      throw corrupt(this.#file, thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
    return found;
  }

  /** The text of a field. Throws WEIGHTS_CORRUPT where it is a number, or all texts together are longer than 32 MiB. */
  async text(field: Field): Promise<string> {
    if ('value' in field) throw corrupt(this.#file, `field ${field.number} is not text`);
    const length = field.end - field.start;
    this.#text += length;
    if (this.#text > mostText) throw corrupt(this.#file, `it has more than ${mostText} bytes of text`);
    if (length <= windowBytes) return (await this.#peek(field.start, length)).toString('utf8');
    const bytes = Buffer.alloc(length);
    await this.#handle.read(bytes, 0, length, field.start);
    return bytes.toString('utf8');
  }
}
