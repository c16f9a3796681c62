import type { FileHandle } from 'node:fs/promises';
import yauzl from 'yauzl';

/** Bytes that are read at a time while an archive is listed. */
const windowBytes = 256 * 1024;

/**
 * What yauzl reads an archive with. It asks for the list of entries in tiny pieces, one after the other, two for each entry:
 * until `listed` is called they are cut out of a larger one.
 */
export class ZipReader extends yauzl.RandomAccessReader {
  readonly #file: FileHandle;
  #window: { start: number; bytes: Buffer } | null = { start: 0, bytes: Buffer.alloc(0) };

  constructor(file: FileHandle) {
    super();
    this.#file = file;
  }

  /** From here on pieces are read from anywhere. */
  listed(): void {
    this.#window = null;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#copy(buffer, offset, length, position).then(
      () => callback(null),
      (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
  }

  async #copy(target: Buffer, offset: number, length: number, position: number): Promise<void> {
    if (this.#window === null || length > windowBytes) {
      const { bytesRead } = await this.#file.read(target, offset, length, position);
      if (bytesRead < length) throw new Error('it is cut off');
      return;
    }
    const { start, bytes } = this.#window;
    if (position < start || position + length > start + bytes.length) {
      const { buffer, bytesRead } = await this.#file.read(
        Buffer.alloc(windowBytes),
        0,
        windowBytes,
        position,
      );
      this.#window = { start: position, bytes: buffer.subarray(0, bytesRead) };
    }
    const from = position - this.#window.start;
    if (this.#window.bytes.copy(target, offset, from, from + length) < length)
      throw new Error('it is cut off');
  }
}
