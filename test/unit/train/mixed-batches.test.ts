import { expect, it } from 'vitest';
import { mixingSchema } from '../../../electron/contract/recipe/mixing.ts';
import type { Batch } from '../../../electron/engine/data/batch.ts';
import type { BatchSource } from '../../../electron/engine/train/batch-source.ts';
import { mixedBatches } from '../../../electron/engine/train/mixed-batches.ts';

const [n, labelled, sizes] = [6, 4, [4, 8]];

/** Images of one value each, its place in the batch, in two views; the last two have no labels. */
const source: BatchSource = {
  batches: 5,
  images: 5 * n,
  waitSeconds: 0,
  async *epoch(epoch, { from = 0 } = {}) {
    for (let step = from; step < 5; step++) {
      await Promise.resolve();
      const [images, view] = sizes.map((size) => {
        const values = new Float32Array(new SharedArrayBuffer(4 * n * size * size * 3));
        values.forEach((_, i) => (values[i] = Math.floor(i / (size * size * 3))));
        return values;
      });
      const labels = Int32Array.from({ length: labelled }, (_, i) => 100 * epoch + 10 * step + i);
      yield { images: images!, views: [view!], labels, indices: new Int32Array(n), n };
    }
  },
};

/** Batches as they were while they were valid. */
async function collect(mixing: object, epoch: number, from = 0) {
  const batches: (Pick<Batch, 'labels' | 'mixed'> & { images: Float32Array; view: Float32Array })[] = [];
  const mixed = mixedBatches(source, mixingSchema.parse(mixing), 3);
  for await (const { images, views, labels, mixed: others } of mixed.epoch(epoch, { from }))
    batches.push({ images: images.slice(), view: views![0]!.slice(), labels, mixed: others! });
  return batches;
}

const half = { mixup: { alpha: 1, p: 0.5 }, cutmix: { p: 0.5 } };
const plain = { mixup: { alpha: 1, p: 1 } };

it('leaves batches alone where nothing is mixed', () => {
  expect(mixedBatches(source, mixingSchema.parse({}), 3)).toBe(source);
});

it('mixes each image with one partner, in every view alike, and labels with labels', async () => {
  const [mixed, unmixed] = [await collect(plain, 2), await collect({ mixup: { p: 1e-9 } }, 2)];
  let moved = 0;
  for (const [b, { images, view, labels, mixed: other }] of mixed.entries()) {
    const own = unmixed[b]!;
    expect(own.mixed).toEqual({ labels: own.labels, share: 1 });
    const { share } = other!;
    expect(share).toBeGreaterThanOrEqual(0.5);
    for (let i = 0; i < n; i++) {
      const value = images[i * sizes[0]! ** 2 * 3]!;
      expect(view[i * sizes[1]! ** 2 * 3]).toBeCloseTo(value, 6);
      if (i >= labelled) {
        expect(value).toBeGreaterThanOrEqual(labelled);
        continue;
      }
      // The larger part is the image whose label counts by the share.
      const [larger, smaller] = [labels[i]!, other!.labels[i]!].map((label) => own.labels.indexOf(label));
      expect(value).toBeCloseTo(share * larger! + (1 - share) * smaller!, 5);
      if (larger !== smaller) moved++;
    }
  }
  expect(moved).toBeGreaterThan(0);
});

it('goes on with the same batches from a later step, and with others in another epoch', async () => {
  const whole = await collect(half, 2);
  expect(await collect(half, 2, 3)).toEqual(whole.slice(3));
  const shares = (batches: typeof whole) => batches.map(({ mixed }) => mixed!.share);
  expect(shares(await collect(half, 3))).not.toEqual(shares(whole));
});
