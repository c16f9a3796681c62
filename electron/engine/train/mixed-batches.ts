import { mixes, type MixingRecipe } from '../../contract/recipe/mixing.ts';
import type { Batch } from '../data/batch.ts';
import { drawMix, mixInto, ownShare } from '../data/mixing.ts';
import { random, type Random } from '../numbers/random.ts';
import type { BatchSource } from './batch-source.ts';

type Room = Float32Array<SharedArrayBuffer>;

const sizeOf = (images: Float32Array, n: number): number => Math.round(Math.sqrt(images.length / n / 3));

/** Each image's partner: a permutation of the images with labels, and one of those without. */
function drawPartners({ n, labels }: Batch, stream: Random): number[] {
  const places = [...Array(n).keys()];
  const labelled = labels.length;
  return [...stream.shuffled(places.slice(0, labelled)), ...stream.shuffled(places.slice(labelled))];
}

/**
 * Batches of `source` with their images mixed, all views of an image alike: the same partner, share and box (scaled), so that a teacher
 * sees what its student sees. Images without labels are mixed among themselves. `labels` become those of the image that makes up the
 * larger part. What is drawn depends on seed and step alone, so that a resumed training goes on with the same batches.
 * Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018 (arXiv 1710.09412); Yun et al., "CutMix", 2019 (arXiv 1905.04899);
 * one share for the whole batch as in both papers' code.
 */
class MixedBatches implements BatchSource {
  readonly #source: BatchSource;
  readonly #mixing: MixingRecipe;
  readonly #seed: number;
  /** For the images and each other view. */
  readonly #rooms: Room[] = [];

  constructor(source: BatchSource, mixing: MixingRecipe, seed: number) {
    this.#source = source;
    this.#mixing = mixing;
    this.#seed = seed;
  }

  get batches(): number {
    return this.#source.batches;
  }

  get images(): number {
    return this.#source.images;
  }

  get waitSeconds(): number {
    return this.#source.waitSeconds;
  }

  async *epoch(epoch: number, options: { from?: number; signal?: AbortSignal } = {}): AsyncGenerator<Batch> {
    let step = (epoch - 1) * this.batches + (options.from ?? 0);
    for await (const batch of this.#source.epoch(epoch, options)) {
      yield this.#mixed(batch, random(this.#seed, 'mix', step));
      step++;
    }
  }

  #mixed(batch: Batch, stream: Random): Batch {
    const { images, views, labels, n } = batch;
    const mix = drawMix(this.#mixing, stream);
    // Also where nothing is mixed: every step of a training takes the same inputs.
    if (!mix) return { ...batch, mixed: { labels, share: 1 } };
    const partners = drawPartners(batch, stream);
    const mixView = (view: Room, k: number): Room => {
      const room = this.#room(k, view.length);
      mixInto(room, view, sizeOf(view, n), partners, mix);
      return room;
    };
    const share = ownShare(mix, sizeOf(images, n));
    const others = labels.map((_, i) => labels[partners[i]!]!);
    const isOwnLarger = share >= 0.5;
    return {
      ...batch,
      images: mixView(images, 0),
      ...(views && { views: views.map((view, k) => mixView(view, k + 1)) }),
      labels: isOwnLarger ? labels : others,
      mixed: { labels: isOwnLarger ? others : labels, share: isOwnLarger ? share : 1 - share },
    };
  }

  #room(k: number, length: number): Room {
    const known = this.#rooms[k];
    if (known && known.length >= length) return known.subarray(0, length);
    const room = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
    this.#rooms[k] = room;
    return room;
  }
}

/** The batches that a training's steps take: mixed where its recipe has it, else those of `source` as they are. */
export const mixedBatches = (source: BatchSource, mixing: MixingRecipe, seed: number): BatchSource =>
  mixes(mixing) ? new MixedBatches(source, mixing, seed) : source;
