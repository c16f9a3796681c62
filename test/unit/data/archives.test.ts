import { describe, expect, it } from 'vitest';
import path from 'node:path';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { zipOf, type ZipEntry } from '../../support/zip.ts';
import { folderOf, imported, labels, ppm, skips } from './fixture.ts';

const good: ZipEntry[] = [
  { name: 'ä ö/1 2.ppm', bytes: ppm(1), deflate: true },
  { name: 'b/', bytes: Buffer.alloc(0) },
  { name: 'b/2.ppm', bytes: ppm(2) },
  { name: '__MACOSX/b/._2.ppm', bytes: Buffer.from('junk') },
];
const written = (bytes: Uint8Array, name = 'set.zip') => path.join(folderOf({ [name]: bytes }), name);
const fails = (bytes: Uint8Array, code: string, says: RegExp) =>
  expect(openDataset(written(bytes), { classNames: null, reading: ownReading })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(says) as string,
  });

describe('zip', () => {
  it('is read like the folder in it, whatever its name', async () => {
    const dataset = await imported(written(zipOf(good), 'set.bin'));
    expect(labels(dataset)).toEqual({ 'ä ö/1 2.ppm': 'ä ö', 'b/2.ppm': 'b' });
    expect(Buffer.from(await dataset.read('b/2.ppm'))).toEqual(ppm(2));
    await expect(dataset.read('b/3.ppm')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await dataset.close();
    await expect(dataset.read('b/2.ppm')).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT' });
  });

  it('skips a damaged entry and keeps the others', async () => {
    const bytes = zipOf([
      ...good,
      { name: 'b/3.ppm', bytes: ppm(3), claim: { crc: 1 } },
      { name: 'b/4.ppm', bytes: ppm(4), deflate: true, claim: { size: 9 } },
    ]);
    const dataset = await imported(written(bytes));
    expect(dataset.train).toHaveLength(2);
    expect(skips(dataset)).toEqual({ 'b/3.ppm': 'unreadable', 'b/4.ppm': 'unreadable' });
    await expect(dataset.read('b/3.ppm')).rejects.toMatchObject({
      code: 'ARCHIVE_CORRUPT',
      message: expect.stringContaining('checksum') as string,
    });
  });

  it.each(['../evil.ppm', 'a/../../evil.ppm', '/evil.ppm', 'C:/evil.ppm', '..\\evil.ppm'])(
    'refuses the name %s',
    (name) =>
      fails(zipOf([...good, { name, bytes: ppm(3) }]), 'ARCHIVE_CORRUPT', /relative|absolute|invalid/),
  );

  it.each([
    ['UTF-8, as macOS packs it', Buffer.from('sch\u00f6n/1.ppm')],
    ['CP437, as old Windows packs it', Buffer.from('sch\x94n/1.ppm', 'latin1')],
    ['backslashes', Buffer.from('sch\u00f6n\\1.ppm')],
  ])('reads names without the flag for UTF-8: %s', async (_, name) => {
    const entries = [{ name, bytes: ppm(1), claim: { flags: 0 } }, ...good.slice(2, 3)];
    const dataset = await imported(written(zipOf(entries)));
    expect(labels(dataset)).toEqual({ 'sch\u00f6n/1.ppm': 'sch\u00f6n', 'b/2.ppm': 'b' });
  });

  it('names links and entries that come twice, and reads neither', async () => {
    const entries = [
      ...good,
      { name: 'b/link.ppm', bytes: Buffer.from('/etc/passwd'), claim: { mode: 0o120777 } },
      { name: 'b/2.ppm', bytes: ppm(5) },
    ];
    const dataset = await imported(written(zipOf(entries)));
    expect(Buffer.from(await dataset.read('b/2.ppm'))).toEqual(ppm(2));
    expect(skips(dataset)).toEqual({ 'b/2.ppm': 'duplicate', 'b/link.ppm': 'link' });
  });

  it('stops in the middle when asked, and lets go of the file', async () => {
    const many = Array.from({ length: 60 }, (_, at) => ({
      name: `${at % 2}/${at}.ppm`,
      bytes: ppm(at),
      deflate: true,
    }));
    const stop = new AbortController();
    const options = {
      classNames: null,
      reading: ownReading,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    };
    await expect(openDataset(written(zipOf(many)), options)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('refuses what is no whole zip', async () => {
    await fails(Buffer.from('not a zip'), 'ARCHIVE_CORRUPT', /set\.zip" cannot be read/);
    await fails(Buffer.alloc(0), 'ARCHIVE_CORRUPT', /cannot be read/);
    const whole = zipOf(good);
    await fails(whole.subarray(0, whole.length - 30), 'ARCHIVE_CORRUPT', /cannot be read/);
    await fails(whole.subarray(40), 'ARCHIVE_CORRUPT', /cannot be read/);
  });

  it('refuses encryption and unknown compression by name', async () => {
    await fails(
      zipOf([{ name: 'a/1.ppm', bytes: ppm(1), deflate: true, claim: { flags: 1 } }]),
      'ARCHIVE_CORRUPT',
      /"a\/1\.ppm" is encrypted/,
    );
    await fails(
      zipOf([{ name: 'a/1.ppm', bytes: ppm(1), claim: { method: 12 } }]),
      'ARCHIVE_CORRUPT',
      /method 12/,
    );
  });

  it('refuses bombs: one entry that grows too much, one too large, many that share bytes', async () => {
    const zeros = Buffer.alloc(4 * 1024 * 1024);
    await fails(
      zipOf([{ name: 'a/1.ppm', bytes: zeros, deflate: true }]),
      'ARCHIVE_LIMIT',
      /grow more than 200 times/,
    );
    const huge = { name: 'a/1.ppm', bytes: Buffer.alloc(999), deflate: true, claim: { size: 0xf0000000 } };
    await fails(zipOf([huge]), 'ARCHIVE_LIMIT', /4026531840 bytes/);
    const nearly = Array.from({ length: 40 }, (_, at) => ({
      name: `a/${at}.ppm`,
      bytes: Buffer.alloc(1000),
      deflate: true,
      claim: { size: 1024 * 1024 },
    }));
    await fails(zipOf(nearly), 'ARCHIVE_LIMIT', /it would grow/);
  });
});

it('an image whose folder is called as another image is one of its own, in a zip, and missing below a file', async () => {
  const inZip = await imported(
    written(
      zipOf([
        { name: 'stop/a.png', bytes: ppm(1) },
        { name: 'stop/a.png/x.png', bytes: ppm(2) },
        { name: 'go/b.png', bytes: ppm(3) },
      ]),
    ),
  );
  expect(labels(inZip)).toMatchObject({ 'stop/a.png': 'stop', 'go/b.png': 'go' });
  const listed = [...inZip.train.map(({ key }) => key), ...inZip.report.skipped.map(({ file }) => file)];
  expect(listed.sort()).toEqual(['go/b.png', 'stop/a.png', 'stop/a.png/x.png']);

  const table = 'file,label\na.png,stop\nb.png,go\na.png/x.png,stop\n';
  const inFolder = await imported(folderOf({ 'labels.csv': table, 'a.png': ppm(1), 'b.png': ppm(2) }));
  expect(labels(inFolder)).toEqual({ 'a.png': 'stop', 'b.png': 'go' });
  expect(skips(inFolder)).toMatchObject({ 'a.png/x.png': 'missing' });
});
