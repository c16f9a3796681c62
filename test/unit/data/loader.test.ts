import { afterEach, describe, expect, it } from 'vitest';
import { augmentSchema } from '../../../electron/contract/recipe/augmentation.ts';
import { drawTransform } from '../../../electron/engine/data/augment.ts';
import { Loader, type LoaderOptions } from '../../../electron/engine/data/loader.ts';
import { renderInto } from '../../../electron/engine/data/render.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { noisePixels } from './noise-pixels.ts';

const size = 8;
const mean = [0.485, 0.456, 0.406] as const;
const std = [0.229, 0.224, 0.225] as const;
const augment = augmentSchema.parse({});

const makePixels = (count: number) => noisePixels(count, size);

const open: Loader[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((loader) => loader.close()));
});

async function load(count: number, options: Partial<LoaderOptions> = {}): Promise<Loader> {
  const loader = new Loader({
    pixels: await makePixels(count),
    indices: Array.from({ length: count }, (_, i) => i),
    batchSize: 40,
    shuffle: true,
    dropLast: true,
    augment,
    mean: [...mean],
    std: [...std],
    seed: 11,
    workers: 1,
    ...options,
  });
  open.push(loader);
  return loader;
}

interface Copy {
  images: number[];
  labels: number[];
  indices: number[];
}

/** Batches as they were while they were valid. */
async function collect(loader: Loader, epoch: number, from = 0): Promise<Copy[]> {
  const copies: Copy[] = [];
  for await (const { images, labels, indices, n } of loader.epoch(epoch, { from })) {
    expect([images.length, labels.length, indices.length]).toEqual([n * size * size * 3, n, n]);
    copies.push({ images: [...images], labels: [...labels], indices: [...indices] });
  }
  return copies;
}

const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('Loader', () => {
  it('fills batches up with images without labels, and passes over these evenly', async () => {
    const pixels = await makePixels(60);
    const indices = Array.from({ length: 20 }, (_, i) => i);
    const others = Array.from({ length: 40 }, (_, i) => 20 + i);
    const options = { pixels, indices, batchSize: 4 };
    const unlabelled = { indices: others, perBatch: 6 };
    const mixed = await load(60, { ...options, unlabelled });
    const plain = await load(60, options);
    expect([mixed.batches, mixed.images]).toEqual([5, 50]);
    const seen = new Map<number, number>();
    for (const epoch of [1, 2, 3, 4]) {
      const batches = [];
      for await (const { images, labels, indices, n } of mixed.epoch(epoch)) {
        expect([n, images.length]).toEqual([10, 10 * size * size * 3]);
        batches.push({ images: [...images], labels: [...labels], indices: [...indices] });
      }
      // The labelled ones are those of a training without the others, drawn and augmented alike.
      const own = batches.map(({ images, labels, indices }) => ({
        images: images.slice(0, 4 * size * size * 3),
        labels,
        indices: indices.slice(0, 4),
      }));
      expect(own).toEqual(await collect(plain, epoch));
      const rest = batches.flatMap(({ indices }) => indices.slice(4));
      expect(new Set(rest).size).toBe(30);
      for (const index of rest) seen.set(index, (seen.get(index) ?? 0) + 1);
      const later = [];
      for await (const { images, indices } of mixed.epoch(epoch, { from: 3 }))
        later.push({ images: [...images], indices: [...indices] });
      expect(later).toEqual(batches.slice(3).map(({ images, indices }) => ({ images, indices })));
    }
    // 4 epochs of 30 out of 40: each 3 times.
    expect([...seen.keys()].toSorted((a, b) => a - b)).toEqual(others);
    expect(new Set(seen.values())).toEqual(new Set([3]));
  });

  it('takes images without labels several times in an epoch where they are few', async () => {
    const pixels = await makePixels(23);
    const unlabelled = { indices: [20, 21, 22], perBatch: 4 };
    const indices = Array.from({ length: 20 }, (_, i) => i);
    const mixed = await load(23, { pixels, indices, batchSize: 10, unlabelled });
    const rest: number[] = [];
    for await (const { indices } of mixed.epoch(1)) rest.push(...indices.slice(10));
    expect(rest).toHaveLength(8);
    expect([20, 21, 22].map((index) => rest.filter((one) => one === index).length).toSorted()).toEqual([
      2, 3, 3,
    ]);
  });

  it('delivers what renderInto makes of the images in the order drawn for the epoch', async () => {
    const pixels = await makePixels(100);
    const [first, second, third] = await collect(await load(100, { pixels, dropLast: false }), 6);
    const order = [first, second, third].flatMap((batch) => batch!.indices);
    expect(order).toEqual(random(11, 'order', 6).shuffled(Array.from({ length: 100 }, (_, i) => i)));
    const expected = new Float32Array(size * size * 3);
    for (const [i, index] of third!.indices.entries()) {
      const transform = drawTransform(augment, random(11, 'augment', 6, index));
      renderInto(pixels.image(index), size, transform, mean, std, expected, 0);
      expect(third!.images.slice(i * expected.length, (i + 1) * expected.length)).toEqual([...expected]);
      expect(third!.labels[i]).toBe(index % 7);
    }
  });

  it('renders the same images, transformed alike, as a teacher sees them', async () => {
    const [pixels, larger] = [await makePixels(50), await noisePixels(50, 12)];
    const [ownMean, ownStd] = [
      [0.5, 0.4, 0.3],
      [0.5, 0.6, 0.7],
    ] as [LoaderOptions['mean'], LoaderOptions['std']];
    const loader = await load(50, {
      pixels,
      views: [{ pixels: larger, mean: ownMean, std: ownStd }],
      workers: 2,
    });
    const plain = await collect(await load(50, { pixels }), 3);
    const expected = new Float32Array(12 * 12 * 3);
    let batches = 0;
    for await (const { images, views, indices } of loader.epoch(3)) {
      expect([...images]).toEqual(plain[batches++]!.images);
      for (const [i, index] of indices.entries()) {
        const transform = drawTransform(augment, random(11, 'augment', 3, index));
        renderInto(larger.image(index), 12, transform, ownMean, ownStd, expected, 0);
        expect(views![0]!.slice(i * expected.length, (i + 1) * expected.length)).toEqual(expected);
      }
    }
    expect(batches).toBe(1);
  });

  it('delivers the same bytes whatever the number of workers', async () => {
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map(async (workers) => collect(await load(330, { workers }), 2)),
    );
    expect(one).toHaveLength(8);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it('orders and augments every epoch anew, and alike for equal seeds', async () => {
    const loader = await load(90);
    const [first, second] = [await collect(loader, 0), await collect(loader, 1)];
    expect(second[0]!.indices).not.toEqual(first[0]!.indices);
    expect(await collect(await load(90), 1)).toEqual(second);
    expect(await collect(await load(90, { seed: 12 }), 1)).not.toEqual(second);
    const copies = await load(40, { shuffle: false });
    expect((await collect(copies, 0))[0]!.images).not.toEqual((await collect(copies, 1))[0]!.images);
  });

  it('starts at a later batch', async () => {
    const whole = await collect(await load(330), 3);
    expect(await collect(await load(330, { workers: 2 }), 3, 5)).toEqual(whole.slice(5));
    expect(await collect(await load(330), 3, 8)).toEqual([]);
  });

  it('keeps order, the last batch and the plain pixels for evaluation', async () => {
    const pixels = await makePixels(50);
    const loader = await load(50, {
      pixels,
      indices: [49, 3, 20],
      batchSize: 2,
      shuffle: false,
      dropLast: false,
      augment: null,
    });
    expect([loader.batches, loader.images]).toEqual([2, 3]);
    const batches = await collect(loader, 0);
    expect(batches.map(({ indices }) => indices)).toEqual([[49, 3], [20]]);
    expect(batches[1]!.images).toEqual(
      Array.from(pixels.image(20), (value, i) => Math.fround((value / 255 - mean[i % 3]!) / std[i % 3]!)),
    );
  });

  it.each([
    [100, 40, true, 2, 80],
    [100, 40, false, 3, 100],
    [80, 40, true, 2, 80],
    [7, 40, true, 1, 7],
    [1, 40, false, 1, 1],
  ])(
    '%i images in batches of %i, dropLast %s: %i batches, %i images',
    async (count, batchSize, dropLast, batches, images) => {
      const loader = await load(count, { batchSize, dropLast, workers: 2 });
      expect([loader.batches, loader.images]).toEqual([batches, images]);
      const delivered = await collect(loader, 0);
      expect(delivered).toHaveLength(batches);
      expect(new Set(delivered.flatMap(({ indices }) => indices)).size).toBe(images);
    },
  );

  it('leaves out others in every epoch, so that all images are seen equally often', async () => {
    const seen = new Map<number, number>();
    const loader = await load(65, { batchSize: 25, augment: null });
    for (let epoch = 1; epoch <= 26; epoch++)
      for (const { indices } of await collect(loader, epoch))
        for (const index of indices) seen.set(index, (seen.get(index) ?? 0) + 1);
    // 26 epochs of 50 images: each of the 65 images 20 times.
    expect([...seen.values()]).toEqual(Array(65).fill(20));
  });

  it('can be left early and used again', async () => {
    const loader = await load(400, { workers: 2 });
    const whole = await collect(loader, 4);
    for (let left = 0; left < 3; left++) {
      for await (const batch of loader.epoch(left)) {
        expect(batch.n).toBe(40);
        break;
      }
    }
    expect(await collect(loader, 4)).toEqual(whole);
  });

  it('ends with CANCELLED on the signal, and can be used again', async () => {
    const loader = await load(400);
    const abort = new AbortController();
    const consume = async () => {
      for await (const batch of loader.epoch(0, { signal: abort.signal })) {
        if (batch.n > 0) abort.abort();
      }
    };
    await expect(consume()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await collect(loader, 0)).toHaveLength(10);
  });

  it('renders three batches ahead, and no further, while the consumer blocks its thread', async () => {
    const loader = await load(400, { workers: 2 });
    const batches = loader.epoch(0);
    const first = (await batches.next()).value!;
    const kept = [...first.images];
    block(1500);
    const waited = loader.waitSeconds;
    for (let batch = 1; batch <= 3; batch++) {
      // The batch that is still held was not written over.
      if (batch === 1) expect([...first.images]).toEqual(kept);
      let turned = false;
      setImmediate(() => (turned = true));
      await batches.next();
      expect(turned, `batch ${batch} was ready without a turn of the event loop`).toBe(false);
    }
    expect(loader.waitSeconds - waited).toBeLessThan(0.5);
    await batches.return();
  });

  it('fails with a DistillError when a worker cannot go on', async () => {
    const broken = await load(100, { augment: JSON.parse('{}') as LoaderOptions['augment'], workers: 2 });
    await expect(collect(broken, 0)).rejects.toMatchObject({ name: 'DistillError', code: 'INTERNAL' });
  });

  it('ends an epoch that is under way when it is closed', async () => {
    const loader = await load(4000);
    const batches = loader.epoch(0);
    await batches.next();
    await loader.close();
    const rest = async () => {
      while (!(await batches.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each([
    [{ indices: [] }, 'DATASET_EMPTY'],
    [{ indices: [0, 10] }, 'INVALID_INPUT'],
    [{ batchSize: 0 }, 'INVALID_INPUT'],
    [{ workers: 0 }, 'INVALID_INPUT'],
  ])('refuses %o with %s', async (options, code) => {
    await expect(load(10, options)).rejects.toMatchObject({ code });
  });
});
