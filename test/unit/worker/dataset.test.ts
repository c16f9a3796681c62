import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { augmentSchema } from '../../../electron/contract/recipe/augmentation.ts';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { services } from '../../../electron/contract/services.ts';
import { prepareData } from '../../../electron/engine/data/prepared-data.ts';
import { Loader } from '../../../electron/engine/data/loader.ts';
import { PixelStore } from '../../../electron/engine/data/pixel-store.ts';
import { Pixels } from '../../../electron/engine/data/pixels.ts';
import { folderOf, ppm } from '../data/fixture.ts';
import { previews, quiet, sampleFolder } from '../data/datasets.ts';

const sample = sampleFolder();
const { images: imagesInput, image: imageInput } = {
  images: services.dataset.images.input,
  image: services.dataset.image.input,
};

const rawOf = async (base64: string) =>
  new Uint8Array(await sharp(Buffer.from(base64, 'base64')).removeAlpha().raw().toBuffer());

describe('the list of images', () => {
  it('gives pages of one part and class, with tracks', async () => {
    const { images } = previews();
    const folder = await sample();
    const all = await images(imagesInput.parse({ path: folder, limit: 500 }), quiet());
    expect([all.total, all.images.length]).toEqual([3 * 90, 270]);
    const page = await images(
      imagesInput.parse({ path: folder, classId: 14, offset: 28, limit: 4 }),
      quiet(),
    );
    expect(page.total).toBe(90);
    expect(page.images.map(({ key, label, track }) => [path.posix.basename(key), label, track])).toEqual([
      ['00000_00028.ppm', 14, '00014/00000'],
      ['00000_00029.ppm', 14, '00014/00000'],
      ['00001_00000.ppm', 14, '00014/00001'],
      ['00001_00001.ppm', 14, '00014/00001'],
    ]);
    const test = await images(imagesInput.parse({ path: folder, part: 'test' }), quiet());
    expect(test.total).toBe(6);
    expect((await images(imagesInput.parse({ path: folder, classId: 0 }), quiet())).total).toBe(0);
    const outside = images(imagesInput.parse({ path: folder, classId: 43 }), quiet());
    await expect(outside).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('the split', () => {
  /** What a run with this data and seed trains, validates and tests on. */
  const ofRun = async (folder: string, data: object, seed: number) => {
    const model = { architecture: 'cifar_resnet8' };
    const recipe = recipeSchema.parse({
      version: 1,
      name: 'split',
      seed,
      data: { ...data, image: { size: 8 } },
      teacher: { source: 'train', model },
      student: { model },
    });
    const prepared = await prepareData({ recipe, dataPath: folder, workers: 1, signal: quiet().signal });
    await prepared.close();
    const count = (pixels: Pixels, indices: number[]) => {
      const counts: Record<number, number> = {};
      for (const i of indices) counts[pixels.labels[i]!] = (counts[pixels.labels[i]!] ?? 0) + 1;
      return counts;
    };
    return {
      train: count(prepared.pool, prepared.split.train),
      validation: count(prepared.pool, prepared.split.validation),
      test: count(prepared.test, [...prepared.test.keys.keys()]),
    };
  };

  const data = { split: { method: 'track-random', fraction: 0.34 }, trainClasses: [1, 14] };

  it("is a run's, with the tracks of the class that was asked for", async () => {
    const { split } = previews();
    const folder = await sample();
    const run = await ofRun(folder, data, 3);
    const preview = await split(
      { path: folder, data: dataSchema.parse(data), teacherClasses: null, seed: 3, classId: 14 },
      quiet(),
    );
    const counts = (part: 'train' | 'validation' | 'test') =>
      Object.fromEntries(preview.classes.flatMap((one) => (one[part] > 0 ? [[one.id, one[part]]] : [])));
    expect({ train: counts('train'), validation: counts('validation'), test: counts('test') }).toEqual(run);
    expect(run.validation).toEqual({ 1: 30, 14: 30 });
    expect(preview.totals).toEqual({ train: 120, validation: 60, test: 6 });
    expect(preview.classes[14]).toMatchObject({ seen: true, tracksTrain: 2, tracksValidation: 1 });
    expect(preview.classes[38]).toMatchObject({ seen: false, train: 0, tracksTrain: 0, test: 2 });
    expect(preview.tracks.map(({ track, images }) => [track, images])).toEqual([
      ['00014/00000', 30],
      ['00014/00001', 30],
      ['00014/00002', 30],
    ]);
    expect(preview.tracks.map(({ part }) => part).sort()).toEqual(['train', 'train', 'validation']);
    const unseen = await split(
      { path: folder, data: dataSchema.parse(data), teacherClasses: null, seed: 3, classId: 38 },
      quiet(),
    );
    expect(unseen.tracks.map(({ part }) => part)).toEqual(['unused', 'unused', 'unused']);
  });

  it('shows a test part that is held out, and tracks that a stratified split tears apart', async () => {
    const { split } = previews();
    const folder = path.join(await sample(), 'GTSRB', 'Final_Training');
    const given = { split: { method: 'stratified', fraction: 0.2 }, testFraction: 0.34 };
    const run = await ofRun(folder, given, 5);
    const preview = await split(
      { path: folder, data: dataSchema.parse(given), teacherClasses: null, seed: 5, classId: 1 },
      quiet(),
    );
    const total = (counts: Record<number, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
    expect(preview.totals).toEqual({
      train: total(run.train),
      validation: total(run.validation),
      test: total(run.test),
    });
    expect(preview.totals.test).toBe(90);
    expect(preview.tracks.filter(({ part }) => part === 'test')).toMatchObject([{ images: 30 }]);
    const torn = preview.tracks.filter(({ part }) => part === 'validation');
    expect(torn.length).toBeGreaterThan(1);
    expect(torn.reduce((sum, { images }) => sum + images, 0)).toBe(preview.classes[1]!.validation);
  });

  it('refuses what a run would refuse', async () => {
    const { split } = previews();
    const one = dataSchema.parse({ trainClasses: [1, 99] });
    const preview = split(
      { path: await sample(), data: one, teacherClasses: null, seed: 1, classId: null },
      quiet(),
    );
    await expect(preview).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('one image', () => {
  /** 2 x 1 pixels, red and blue. */
  const redBlue = Buffer.from('P6\n2 1\n255\n\xff\x00\x00\x00\x00\xff', 'latin1');
  const noise = Buffer.concat([
    Buffer.from('P6\n16 16\n255\n'),
    Buffer.from(Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 97) % 256)),
  ]);

  it('is drawn as it is stored, from a dataset or a file', async () => {
    const { image } = previews();
    const folder = folderOf({ 'a/1.ppm': noise, 'b/2.ppm': ppm(3) });
    const stored = await image(imageInput.parse({ path: folder, key: 'a/1.ppm', side: 16 }), quiet());
    expect(stored.type).toBe('image/png');
    expect(await rawOf(stored.base64)).toEqual(new Uint8Array(noise.subarray(noise.length - 768)));
    const file = path.join(folder, 'a/1.ppm');
    expect(await image(imageInput.parse({ path: file, side: 16 }), quiet())).toEqual(stored);
  });

  it('is fitted by the recipe', async () => {
    const { image } = previews();
    const folder = folderOf({ 'a/1.ppm': redBlue, 'b/2.ppm': ppm(3) });
    const row = async (resize: 'crop' | 'squish' | 'pad') => {
      const one = await image(imageInput.parse({ path: folder, key: 'a/1.ppm', side: 8, resize }), quiet());
      return [...(await rawOf(one.base64)).subarray(0, 24)].filter((_, i) => i % 3 === 0);
    };
    // Cropped to the left pixel of the two; squished from red to blue.
    expect(await row('crop')).toEqual(Array.from({ length: 8 }, () => 255));
    const squished = await row('squish');
    expect([squished[0], squished.at(-1)]).toEqual([255, 0]);
    expect(await row('pad')).toEqual(squished);
  });

  it('is augmented as training with that seed augments its first image', async () => {
    const { image } = previews();
    const folder = folderOf({ 'a/1.ppm': noise, 'b/2.ppm': ppm(3) });
    const augment = augmentSchema.parse({});
    const store = await PixelStore.create({ count: 1, size: 16, memory: null });
    store.write(0, new Uint8Array(noise.subarray(noise.length - 768)));
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ] as [[number, number, number], [number, number, number]];
    const drawn = [];
    for (const seed of [7, 8]) {
      const loader = new Loader({
        pixels: new Pixels(store, [{ key: 'a/1.ppm', label: 0 }], [0]),
        indices: [0],
        batchSize: 1,
        shuffle: false,
        dropLast: false,
        augment,
        mean,
        std,
        seed,
        workers: 1,
      });
      for await (const batch of loader.epoch(1)) {
        const expected = Uint8Array.from(batch.images, (value, i) =>
          Math.round((value * std[i % 3]! + mean[i % 3]!) * 255),
        );
        const input = imageInput.parse({ path: folder, key: 'a/1.ppm', side: 16, augment, seed });
        const pixels = await rawOf((await image(input, quiet())).base64);
        const worst = Math.max(...pixels.map((value, i) => Math.abs(value - expected[i]!)));
        // Normalising and back in single precision may round a value the other way.
        expect(worst).toBeLessThanOrEqual(1);
        drawn.push(pixels);
      }
      await loader.close();
    }
    await store.close();
    expect(drawn[0]).not.toEqual(drawn[1]);
  });

  it('comes as JPEG where it is large', async () => {
    const { image } = previews();
    const file = path.join(folderOf({ 'x.ppm': noise }), 'x.ppm');
    const large = await image(imageInput.parse({ path: file, side: 512 }), quiet());
    expect(large.type).toBe('image/jpeg');
    expect(await sharp(Buffer.from(large.base64, 'base64')).metadata()).toMatchObject({
      format: 'jpeg',
      width: 512,
      height: 512,
    });
  });

  it('names the image that is missing or broken', async () => {
    const { image } = previews();
    const folder = folderOf({ 'a/1.ppm': ppm(1).subarray(0, 12), 'b/2.ppm': ppm(3) });
    const error = (input: object) =>
      image(imageInput.parse(input), quiet()).then(
        () => null,
        (thrown: unknown) =>
          thrown instanceof DistillError ? [thrown.code, thrown.message.includes('a/1.ppm')] : thrown,
      );
    expect(await error({ path: folder, key: 'a/1.ppm' })).toEqual(['IMAGE_UNREADABLE', true]);
    expect(await error({ path: path.join(folder, 'a/1.ppm') })).toEqual(['IMAGE_UNREADABLE', true]);
    expect(await error({ path: folder, key: 'a/1.ppm/../../x' })).toEqual(['NOT_FOUND', true]);
    expect(await error({ path: path.join(folder, 'none') })).toEqual(['NOT_FOUND', false]);
    expect(await error({ path: folder })).toEqual(['INVALID_INPUT', false]);
  });
});

const mini = path.resolve(process.env['GTSRB_DIR'] ?? '../shared/gtsrb', 'mini');

describe.skipIf(!existsSync(mini))('the real GTSRB images (skipped without GTSRB_DIR)', () => {
  it('are shown without a survey, split by tracks, and inspected', async () => {
    const { images, inspect, split } = previews();
    const list = await images(imagesInput.parse({ path: mini, classId: 14, limit: 60 }), quiet());
    expect([list.total, new Set(list.images.map(({ track }) => track)).size]).toEqual([90, 2]);
    const { image } = previews();
    const { key } = list.images[0]!;
    const context = { signal: quiet().signal, progress: () => expect.unreachable() };
    const thumbnail = await image(imageInput.parse({ path: mini, key, side: 64 }), context);
    expect(await rawOf(thumbnail.base64)).toHaveLength(64 * 64 * 3);
    const report = await inspect({ path: mini, classNames: null, reading: ownReading }, quiet());
    expect([report.train.images, report.test.images]).toEqual([3870, 1290]);
    const preview = await split(
      { path: mini, data: dataSchema.parse({}), teacherClasses: null, seed: 1, classId: 14 },
      quiet(),
    );
    // A fifth of three tracks: one of each class.
    expect(preview.classes.every(({ tracksValidation }) => tracksValidation === 1)).toBe(true);
    expect(preview.totals.train + preview.totals.validation).toBe(3870);
    expect(preview.tracks.map(({ part }) => part).sort()).toEqual(['train', 'train', 'validation']);
  });
});
