import { DistillError } from '../../contract/errors.ts';
import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import type { TrainingRecipe } from '../../contract/recipe/training.ts';
import type { Statistics } from '../../contract/recipe/statistics.ts';
import { random } from '../numbers/random.ts';
import { workerModule } from '../../platform/resources.ts';
import type { AugmentRequest, AugmentTask, ViewTask } from './augment-worker.ts';
import { BatchRing, type RingShape } from './batch-ring.ts';
import type { Batch } from './batch.ts';
import { taken, unlabelledOrder } from './epoch-images.ts';
import { sampleClasses } from './class-sampling.ts';
import type { Pixels } from './pixels.ts';
import { sharedBuffer } from './shared-memory.ts';
import { WorkerPool } from './worker-pool.ts';

/** Decoded images, and how they are normalised. */
export interface ImageView extends Statistics {
  pixels: Pixels;
}

export interface LoaderOptions extends ImageView {
  /** The same images in the same order as teachers see them that see them otherwise. */
  views?: readonly ImageView[];
  /** Which of the pixels to load. */
  indices: readonly number[];
  /** Of these images. */
  batchSize: number;
  /** Images without labels that follow them in each batch, as many in each; null: none. For whole batches alone. */
  unlabelled?: { indices: readonly number[]; perBatch: number } | null;
  shuffle: boolean;
  /** How often an epoch takes the images of each class; uniform unless given. */
  sampling?: TrainingRecipe['sampling'];
  /**
   * Whole batches only (a single, smaller one stays): each epoch leaves out the images that are too many, others than the epoch
   * before, so that all are seen equally often.
   */
  dropLast: boolean;
  /** null: the images as they are. */
  augment: AugmentRecipe | null;
  seed: number;
  /** Seed of the augmentation, where it is another than that of the order. */
  augmentSeed?: number;
  /** Worker threads. The batches do not depend on their number. */
  workers: number;
}

/** The workers' part of one epoch. */
interface Rendering {
  /** Resolves, whatever happened, when no worker is at it any more. */
  done: Promise<unknown>;
  failure: Error | null;
}

/** Batches in memory: the consumer's, and three ahead of it. */
const slotCount = 4;

/**
 * Normalised, augmented batches, rendered ahead by worker threads. An epoch's order and its augmentation depend on
 * their seed, epoch and image alone. Test-time augmentation is an unshuffled loader with `augment` set and nothing
 * dropped, whose epoch number is the copy's number.
 */
export class Loader {
  /** Batches in a whole epoch, at least 1. */
  readonly batches: number;
  /** Images in a whole epoch. */
  readonly images: number;
  /** Of the images that have labels. */
  readonly #labelled: number;
  readonly #options: LoaderOptions;
  readonly #shape: RingShape;
  /** The images' own, then the teachers'. */
  readonly #views: ViewTask[];
  readonly #pool: WorkerPool<AugmentRequest, null>;
  #wake: () => void = () => undefined;
  #busy = false;
  #waited = 0;

  /** Throws DistillError DATASET_EMPTY, INVALID_INPUT (an index or batch size out of range) or OUT_OF_MEMORY. */
  constructor(options: LoaderOptions) {
    check(options);
    const { indices, dropLast, workers, augment, seed, augmentSeed = seed, views = [] } = options;
    const own = Math.min(options.batchSize, indices.length);
    const others = options.unlabelled?.perBatch ?? 0;
    this.batches = dropLast ? Math.floor(indices.length / own) : Math.ceil(indices.length / own);
    this.#labelled = dropLast ? this.batches * own : indices.length;
    this.images = this.#labelled + this.batches * others;
    this.#options = options;
    this.#shape = { images: this.images, batchSize: own + others, slots: Math.min(slotCount, this.batches) };
    this.#views = [options, ...views].map((view) => viewTask(view, this.#shape));
    const data: AugmentTask = { views: this.#views, shape: this.#shape, augment, seed: augmentSeed };
    this.#pool = new WorkerPool(workerModule('./augment-worker', import.meta.url), {
      workers,
      purpose: 'augmentation',
      data,
      onNote: () => this.#wake(),
    });
  }

  /** Seconds that consumers have spent inside `next()` because a batch was not ready, over all epochs. */
  get waitSeconds(): number {
    return this.#waited;
  }

  /**
   * One pass over the images, from batch `from` on. One at a time; leave it by `break`, `return()` or the signal and
   * the next may start. Throws DistillError CANCELLED on the signal and INTERNAL when a worker died.
   */
  async *epoch(
    epoch: number,
    { from = 0, signal }: { from?: number; signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Batch, void, undefined> {
    if (this.#busy) throw new DistillError('INTERNAL', 'The loader is asked for two epochs at once.');
    this.#busy = true;
    const { pixels, unlabelled } = this.#options;
    const { batchSize } = this.#shape;
    const others = unlabelled?.perBatch ?? 0;
    const { order, copies } = this.#order(epoch);
    const ring = BatchRing.start(this.#shape, from);
    const rendering = this.#render({ epoch, order, copies, control: ring.control });
    const wake = () => this.#wake();
    signal?.addEventListener('abort', wake);
    try {
      for (let batch = from; batch < this.batches; batch++) {
        await this.#ready(ring, batch, rendering, signal);
        const n = ring.imagesOf(batch);
        const indices = Int32Array.from(order.subarray(batch * batchSize, batch * batchSize + n));
        const [images, ...views] = this.#views.map(({ slots, size }) =>
          slots[batch % slots.length]!.subarray(0, n * size * size * 3),
        );
        yield {
          images: images!,
          ...(views.length > 0 && { views }),
          labels: indices.subarray(0, n - others).map((index) => pixels.labels[index]!),
          indices,
          n,
        };
        ring.release();
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      ring.stop();
      // Until the workers have left this epoch they might still write into its slots.
      this.#pool.hold();
      await rendering.done;
      this.#pool.unhold();
      this.#busy = false;
    }
  }

  /** Ends the worker threads. An epoch that is under way ends with CANCELLED. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #order(epoch: number): Pick<AugmentRequest, 'order' | 'copies'> {
    const { copies, ...labelled } = this.#labelledOrder(epoch);
    return {
      order: this.#withUnlabelled(labelled.indices, epoch, (others) => others),
      copies: copies && this.#withUnlabelled(copies, epoch, (others) => others.map(() => 0)),
    };
  }

  /** The labelled images of an epoch in its order. `copies` null: each comes once. */
  #labelledOrder(epoch: number): { indices: readonly number[]; copies: readonly number[] | null } {
    const { indices, pixels, shuffle, sampling = 'uniform', seed } = this.#options;
    const shuffled = <T>(items: readonly T[]) =>
      shuffle ? random(seed, 'order', epoch).shuffled(items) : items;
    const count = this.#labelled;
    if (sampling === 'uniform')
      return { indices: shuffled(taken(indices, count, epoch, seed)), copies: null };
    const labelOf = (index: number) => pixels.labels[index]!;
    const sampled = sampleClasses(indices, labelOf, sampling, { count, epoch, seed });
    // Equal streams order both alike.
    return { indices: shuffled(sampled.indices), copies: shuffled(sampled.copies) };
  }

  /** Fills batches of labelled images up with what `of` makes of the images without labels that an epoch takes. */
  #withUnlabelled(
    order: readonly number[],
    epoch: number,
    of: (others: readonly number[]) => readonly number[],
  ): Int32Array<SharedArrayBuffer> {
    const { seed, augmentSeed = seed, unlabelled } = this.#options;
    const shared = new Int32Array(new SharedArrayBuffer(this.images * Int32Array.BYTES_PER_ELEMENT));
    if (!unlabelled) {
      shared.set(order);
      return shared;
    }
    const others = of(unlabelledOrder(unlabelled.indices, this.images - this.#labelled, epoch, augmentSeed));
    const { batchSize } = this.#shape;
    const own = batchSize - unlabelled.perBatch;
    for (let batch = 0; batch < this.batches; batch++) {
      shared.set(order.slice(batch * own, (batch + 1) * own), batch * batchSize);
      const from = batch * unlabelled.perBatch;
      shared.set(others.slice(from, from + unlabelled.perBatch), batch * batchSize + own);
    }
    return shared;
  }

  /** Sets the workers on an epoch. */
  #render(request: AugmentRequest): Rendering {
    const work = Array.from({ length: this.#pool.size }, async (_, worker) => {
      try {
        await this.#pool.request(worker, request);
      } catch (error) {
        rendering.failure ??= error instanceof Error ? error : new Error(String(error));
        this.#wake();
      }
    });
    const rendering: Rendering = { done: Promise.all(work), failure: null };
    return rendering;
  }

  /** Returns when the batch is complete: at once in the steady state, else the event loop turns until it is. */
  async #ready(
    ring: BatchRing,
    batch: number,
    rendering: Rendering,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const started = performance.now();
    this.#pool.hold();
    try {
      for (;;) {
        if (signal?.aborted) throw new DistillError('CANCELLED', 'Loading images was cancelled.');
        if (rendering.failure !== null) throw rendering.failure;
        if (ring.isReady(batch)) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#pool.unhold();
      this.#waited += (performance.now() - started) / 1000;
    }
  }
}

function viewTask({ pixels, mean, std }: ImageView, { batchSize, slots }: RingShape): ViewTask {
  const { place, rows, size } = pixels;
  const bytes = batchSize * size * size * 3 * Float32Array.BYTES_PER_ELEMENT;
  const what = `a batch of ${batchSize} images of ${size} x ${size} pixels`;
  const room = () => new Float32Array(sharedBuffer(bytes, what));
  return { place, rows, size, slots: Array.from({ length: slots }, room), mean, std };
}

function check({ pixels, indices, batchSize, unlabelled }: LoaderOptions): void {
  if (indices.length === 0) {
    const hint = 'Choose classes and a split that leave at least one image.';
    throw new DistillError('DATASET_EMPTY', 'There are no images to load.', hint);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new DistillError(
      'INVALID_INPUT',
      `The batch size is ${batchSize}.`,
      'Use a whole number from 1 on.',
    );
  }
  const wrong = [...indices, ...(unlabelled?.indices ?? [])].find(
    (index) => !Number.isInteger(index) || index < 0 || index >= pixels.count,
  );
  if (wrong !== undefined) {
    const message = `Image ${wrong} is asked for, of ${pixels.count} images.`;
    throw new DistillError('INVALID_INPUT', message, 'Use indices of the decoded images.');
  }
}
