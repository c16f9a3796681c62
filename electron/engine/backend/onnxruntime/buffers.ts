/**
 * A pool of ArrayBuffers by size. A fresh Float32Array costs a page fault for every 4 KiB when it is first written, which is
 * more than many kernels take; so buffers are reused. Several tensors may be views of one buffer (tfjs's slices are), hence a
 * count per buffer, not per tensor.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #references = new WeakMap<ArrayBufferLike, number>();
  /** The same of buffers that others made and that tensors live in. */
  readonly #foreign = new WeakMap<ArrayBufferLike, number>();
  /** Bytes of all buffers that this pool made and that are not known to be collected. */
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** A buffer of at least `bytes`, contents arbitrary, with no reference yet. */
  take(bytes: number): ArrayBuffer {
    const size = Math.max(4096, Math.ceil(bytes / 4096) * 4096);
    const free = this.#free.get(size)?.pop();
    if (free) return free;
    this.#bytes += size;
    const buffer = new ArrayBuffer(size);
    this.#references.set(buffer, 0);
    return buffer;
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.#references.has(buffer);
  }

  /** Whether one tensor alone uses the buffer. */
  isSole(buffer: ArrayBufferLike): boolean {
    return (this.#references.get(buffer) ?? this.#foreign.get(buffer)) === 1;
  }

  retain(buffer: ArrayBufferLike): void {
    const counts = this.owns(buffer) ? this.#references : this.#foreign;
    counts.set(buffer, (counts.get(buffer) ?? 0) + 1);
  }

  /** The last release gives the buffer back to the pool, if it is the pool's. */
  release(buffer: ArrayBufferLike): void {
    const count = this.#references.get(buffer);
    if (count === undefined) {
      const users = this.#foreign.get(buffer);
      if (users !== undefined) this.#foreign.set(buffer, users - 1);
      return;
    }
    this.#references.set(buffer, count - 1);
    if (count > 1 || !(buffer instanceof ArrayBuffer)) return;
    const list = this.#free.get(buffer.byteLength);
    if (list) list.push(buffer);
    else this.#free.set(buffer.byteLength, [buffer]);
  }

  /** Drops the unused buffers, for the garbage collector to take. */
  trim(): void {
    for (const [size, list] of this.#free) this.#bytes -= size * list.length;
    this.#free.clear();
  }
}
