import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import { readingSchema } from '../../../electron/contract/recipe/reading.ts';
import { readRuns } from '../../../electron/engine/data/parquet/runs.ts';
import { structEnd } from '../../../electron/engine/data/parquet/thrift.ts';
import { spillFolder } from '../../../electron/engine/data/spill-file.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { zipOf } from '../../support/zip.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

/** Written by pyarrow: make.py lies beside the files. */
const fixtures = path.join(import.meta.dirname, '../../fixtures/parquet');
const at = (file: string) => path.join(fixtures, file);

describe('Parquet', () => {
  it('as Hugging Face writes it: names of classes in their order, a file or several for each part', async () => {
    const dataset = await imported(at('hf'));
    expect(dataset.format).toBe('parquet');
    expect(dataset.classes).toEqual(['zebra', 'ant', 'moth']);
    const [first, second] = ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'];
    expect(labels(dataset)).toEqual({
      [`${first}/000000.png`]: 'moth',
      [`${first}/000001.png`]: 'zebra',
      [`${first}/000002.png`]: 'ant',
      [`${second}/000000.png`]: 'moth',
      [`${second}/000001.png`]: 'zebra',
    });
    expect(labels(dataset, 'validation')).toEqual({
      'data/validation-00000-of-00001.parquet/000000.png': 'ant',
    });
    const test = 'data/test-00000-of-00001.parquet';
    expect(skips(dataset)).toEqual({
      [`${first}/000003.png`]: 'unreadable',
      [`${first}/000004.png`]: 'unlabelled',
      [`${test}/000000.png`]: 'unlabelled',
      [`${test}/000001.png`]: 'unlabelled',
    });
    expect(dataset.report.reading.table).toMatchObject({
      chosen: { file: 'image', label: 'label', part: null },
    });
    expect(dataset.report.reading.parts).toContainEqual({
      folder: test,
      part: 'test',
      images: 2,
      why: 'by its name',
    });
  });

  it('gives each row its own image, also out of order', async () => {
    const dataset = await imported(at('hf'));
    const keys = dataset.train.map(({ key }) => key).toReversed();
    const reds = await Promise.all(
      keys.map(
        async (key) =>
          (
            await sharp(await dataset.read(key))
              .raw()
              .toBuffer()
          )[0],
      ),
    );
    // make.py: shades 0, 1, 2 and 5, 6.
    expect(reds).toEqual([6, 5, 2, 1, 0]);
    await expect(dataset.read('data/train-00001-of-00002.parquet/000002.png')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each([
    'none',
    'snappy',
    'gzip',
    'brotli',
    'zstd',
    'lz4',
    'dictionary',
    'version2',
    'indexed',
    'delta',
    'bytes',
  ])('is read as written with %s', async (way) => {
    const dataset = await imported(at(`ways/${way}.parquet`));
    const names = { delta: ['5', '7'], bytes: ['false', 'true'] }[way] ?? ['a', 'b'];
    expect(dataset.classes).toEqual(names);
    // make.py: rows of the shades 1, 2, 1, 3, 2, 1, of which each counts once.
    const reds = await Promise.all(
      dataset.train.map(
        async ({ key }) =>
          (
            await sharp(await dataset.read(key))
              .raw()
              .toBuffer()
          )[0],
      ),
    );
    expect(reds).toEqual([1, 2, 3]);
    expect(new Set(Object.values(skips(dataset)))).toEqual(new Set(['duplicate']));
    const ending = way === 'bytes' ? 'png' : 'jpg';
    expect(dataset.train[0]?.key).toBe(`${way}.parquet/000000.${ending}`);
  });

  it('has its columns chosen by the recipe, else by names and by what the file states', async () => {
    const fine = await imported(at('kinds/fine.parquet'));
    expect(fine.classes).toEqual(['zebra', 'ant', 'moth']);
    expect(Object.values(labels(fine))).toEqual(['zebra', 'ant', 'moth']);
    const coarse = readingSchema.parse({ columns: { label: 'coarse_label' } });
    expect(Object.values(labels(await imported(at('kinds/fine.parquet'), null, coarse)))).toEqual([
      'zebra',
      'zebra',
      'ant',
    ]);
    const animal = await imported(at('kinds/kind-of-animal.parquet'));
    expect(Object.values(labels(animal))).toEqual(['ant', 'zebra']);
  });

  it('is refused by name where it has no images or several labels', async () => {
    await expect(imported(at('kinds/no-images.parquet'))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('no column of images') as string,
    });
    await expect(imported(at('kinds/lists.parquet'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('several labels at once') as string,
    });
  });

  it('is read out of a zip as out of a folder, and leaves nothing behind', async () => {
    const parts = ['train-00000-of-00002', 'train-00001-of-00002', 'validation-00000-of-00001'];
    const keys = parts.map((name) => `data/${name}.parquet`);
    const [first, second, third] = keys.map((key) => ({
      name: `set-main/${key}`,
      bytes: readFileSync(at(`hf/${key}`)),
    }));
    const cut = { name: 'set-main/data/test-00000-of-00001.parquet', bytes: Buffer.from('PAR1 PAR1 PAR1') };
    const zip = zipOf([{ ...first!, deflate: true }, { ...second!, deflate: true }, third!, cut]);
    const file = path.join(folderOf({ 'set.zip': zip }), 'set.zip');
    const inFolder = await imported(at('hf'));
    const dataset = await imported(file);
    expect(dataset.classes).toEqual(inFolder.classes);
    for (const part of ['train', 'validation'] as const) {
      const found = Object.entries(labels(inFolder, part)).map(([key, label]) => [`set-main/${key}`, label]);
      expect(labels(dataset, part)).toEqual(Object.fromEntries(found));
    }
    expect(Buffer.from(await dataset.read(`${second!.name}/000001.png`))).toEqual(
      Buffer.from(await inFolder.read(`${keys[1]!}/000001.png`)),
    );
    const refused = dataset.report.skipped.find((one) => one.file === cut.name);
    expect(refused?.detail).toContain(`set.zip/${cut.name}" cannot be read`);
    const mine = () => readdirSync(spillFolder()).filter((name) => name.includes(`~${process.pid}~`));
    expect(mine().length).toBeGreaterThanOrEqual(4);
    await dataset.close();
    expect(mine()).toEqual([]);
  });

  it('says in a zip what is wrong with it', async () => {
    const bytes = readFileSync(at('hf/data/train-00000-of-00002.parquet'));
    const entry = { name: 'train.parquet', bytes, deflate: true };
    const inZip = (claim: object) =>
      imported(path.join(folderOf({ 'set.zip': zipOf([{ ...entry, claim }]) }), 'set.zip'));
    for (const claim of [{ crc: 1 }, { size: bytes.length - 1 }, { size: bytes.length + 1 }])
      await expect(inZip(claim)).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });

  it('names the numbered files that are not read', async () => {
    const alone = await imported(at('hf/data/train-00000-of-00002.parquet'));
    expect(alone.report.reading.notes[0]).toMatch(/^Only 1 of the 2 Parquet files of "train" is read/);
    const whole = await imported(at('hf'));
    expect(whole.report.reading.notes.join(' ')).not.toMatch(/Only/);
  });

  it('stands in the report where another layout is read', async () => {
    const folder = folderOf({ 'a/1.ppm': ppm(1), 'b/2.ppm': ppm(2), 'broken.parquet': 'PAR1PAR1' });
    cpSync(at('kinds/no-images.parquet'), path.join(folder, 'text.parquet'));
    const dataset = await imported(folder);
    expect(dataset.format).toBe('class-folders');
    expect(skips(dataset)).toEqual({ 'broken.parquet': 'not-used', 'text.parquet': 'not-used' });
  });
});

describe('damaged and hostile Parquet files', () => {
  it('are refused by name, whatever byte is wrong', async () => {
    const draw = random(9, 'parquet');
    const folder = folderOf();
    const file = path.join(folder, 'x.parquet');
    for (const way of ['dictionary', 'zstd', 'version2', 'delta', 'lz4']) {
      const bytes = readFileSync(at(`ways/${way}.parquet`));
      for (let i = 0; i < 40; i++) {
        const damaged = Buffer.from(bytes);
        for (let j = 0; j < 1 + (i % 3); j++) damaged[draw.integer(damaged.length)] = draw.integer(256);
        writeFileSync(file, i % 10 === 0 ? damaged.subarray(0, draw.integer(damaged.length)) : damaged);
        // Where the damage is inside of an image, the rest is read.
        await imported(file).catch((thrown: unknown) => expect(thrown).toBeInstanceOf(DistillError));
      }
    }
  });

  it('cost no memory by what they claim', () => {
    // A run of 2^31 - 1 equal values where 4 are wanted.
    expect([...readRuns(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 1), 1, 4)]).toEqual([1, 1, 1, 1]);
    expect(() => readRuns(Uint8Array.of(3, 0xff), 1, 20)).toThrow('cut off');
    // A field that is a list of 2^31 - 1 structs; lists in lists without end.
    expect(() => structEnd(Uint8Array.of(0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07), 0)).toThrow('cut off');
    expect(() => structEnd(Uint8Array.from([0x19, ...Array<number>(200).fill(0x19)]), 0)).toThrow(
      'too deeply',
    );
  });

  it('with a footer that is longer than the file or than any footer are refused', async () => {
    const footer = (length: number) => {
      const bytes = Buffer.alloc(20);
      bytes.writeUInt32LE(length, 12);
      bytes.write('PAR1', 16);
      return bytes;
    };
    const folder = folderOf({ 'long.parquet': footer(4_000_000_000), 'short.parquet': footer(2) });
    await expect(imported(path.join(folder, 'long.parquet'))).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
    });
    await expect(imported(path.join(folder, 'short.parquet'))).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
    });
    await expect(imported(folder)).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });
});
