/** Images that a worker renders before it looks for more: small, so that all workers share the next batch. */
const partSize = 16;

/** Fields of the control block; from `ready` on, one count of rendered images a batch. */
const field = { ticket: 0, released: 1, ready: 2 } as const;
/** In place of the count of released batches: the epoch is over. */
const stopped = 0x7fffffff;

export interface RingShape {
  /** Images of the epoch. */
  images: number;
  batchSize: number;
  /** Batches that have room at a time; batch b lies in slot b % slots. */
  slots: number;
}

/** Images `start` to `start + count` of one batch. */
export interface Part {
  batch: number;
  start: number;
  count: number;
}

/**
 * Who renders what in one epoch, agreed on in shared memory: workers take parts of batches in order and wait only for
 * room, the consumer gives room back. Neither needs the other's event loop, so that workers go on while the consumer
 * is deep in native code.
 */
export class BatchRing {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly #shape: RingShape;
  readonly #parts: number;

  /** `control`: from `newControl`. */
  constructor(shape: RingShape, control: Int32Array<SharedArrayBuffer>) {
    this.control = control;
    this.#shape = shape;
    this.#parts = Math.ceil(shape.batchSize / partSize);
  }

  /** A ring whose first batch is `from`; the ones before it are never rendered. */
  static start(shape: RingShape, from: number): BatchRing {
    const batches = Math.ceil(shape.images / shape.batchSize);
    const bytes = (field.ready + batches) * Int32Array.BYTES_PER_ELEMENT;
    const ring = new BatchRing(shape, new Int32Array(new SharedArrayBuffer(bytes)));
    ring.control[field.ticket] = from * ring.#parts;
    ring.control[field.released] = from;
    return ring;
  }

  /** Number of images in a batch. */
  imagesOf(batch: number): number {
    return Math.min(this.#shape.batchSize, this.#shape.images - batch * this.#shape.batchSize);
  }

  /** Worker: the next part, as soon as there is room for it; null when the epoch is over. Blocks the thread. */
  claim(): Part | null {
    for (;;) {
      const ticket = Atomics.add(this.control, field.ticket, 1);
      const batch = Math.floor(ticket / this.#parts);
      if (batch * this.#shape.batchSize >= this.#shape.images || !this.#waitForRoom(batch)) return null;
      const start = (ticket % this.#parts) * partSize;
      const count = Math.min(partSize, this.imagesOf(batch) - start);
      if (count > 0) return { batch, start, count };
    }
  }

  /** False when the epoch was stopped. */
  #waitForRoom(batch: number): boolean {
    for (;;) {
      const released = Atomics.load(this.control, field.released);
      if (released === stopped) return false;
      if (batch < released + this.#shape.slots) return true;
      Atomics.wait(this.control, field.released, released);
    }
  }

  /** Worker: the part is rendered. True when that completes its batch. */
  finish({ batch, count }: Part): boolean {
    return Atomics.add(this.control, field.ready + batch, count) + count === this.imagesOf(batch);
  }

  /** Consumer: whether the batch is complete. */
  isReady(batch: number): boolean {
    return Atomics.load(this.control, field.ready + batch) === this.imagesOf(batch);
  }

  /** Consumer: the oldest batch is no longer needed, its slot may be written again. */
  release(): void {
    Atomics.add(this.control, field.released, 1);
    Atomics.notify(this.control, field.released);
  }

  /** Consumer: no more is needed. Workers finish the part they are at. */
  stop(): void {
    Atomics.store(this.control, field.released, stopped);
    Atomics.notify(this.control, field.released);
  }
}
