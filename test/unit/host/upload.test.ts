import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUploadHandler, receiveUpload, sweepUploads } from '../../../electron/host/upload.ts';

let uploads: string;
beforeEach(async () => void (uploads = await mkdtemp(path.join(tmpdir(), 'distill-upload-'))));
afterEach(() => rm(uploads, { recursive: true, force: true }));

const send = (name: string, body: string | Readable = 'hello', batch = 'b1', bytes: number | null = null) =>
  receiveUpload(
    uploads,
    { name, batch, bytes },
    typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body,
  );
const everything = async () => (await readdir(uploads, { recursive: true })).sort();

it('stores a file under its name, with the folders it was dropped in', async () => {
  const chunks = Array.from({ length: 50 }, (_, index) => Buffer.alloc(70_000, index));
  const answer = await send('signs/Grün/00001.ppm', Readable.from(chunks), 'b1', 3_500_000);
  expect(answer).toEqual({
    path: path.join(uploads, 'b1', 'signs', 'Grün', '00001.ppm'),
    folder: path.join(uploads, 'b1'),
    bytes: 3_500_000,
  });
  expect((await readFile(answer.path)).equals(Buffer.concat(chunks))).toBe(true);
  expect(await everything()).toEqual(
    ['b1', 'b1/signs', 'b1/signs/Grün', 'b1/signs/Grün/00001.ppm'].map((name) => path.normalize(name)),
  );
});

it('numbers files of one name in one batch, which come from several folders, and overwrites none', async () => {
  const stored = [
    await send('sign.tar.gz', 'a'),
    await send('sign.tar.gz', 'b'),
    await send('sign.tar.gz', 'c'),
  ];
  expect(stored.map((each) => path.basename(each.path))).toEqual([
    'sign.tar.gz',
    'sign.tar-2.gz',
    'sign.tar-3.gz',
  ]);
  expect(await Promise.all(stored.map((each) => readFile(each.path, 'utf8')))).toEqual(['a', 'b', 'c']);
  expect(path.basename((await send('sign.tar.gz', 'd', 'b2')).path)).toBe('sign.tar.gz');
  // Together, too.
  const together = await Promise.all(['x', 'y', 'z'].map((text) => send('LICENSE', text)));
  expect(together.map((each) => path.basename(each.path)).sort()).toEqual([
    'LICENSE',
    'LICENSE-2',
    'LICENSE-3',
  ]);
  expect((await Promise.all(together.map((each) => readFile(each.path, 'utf8')))).join('')).toBe('xyz');
});

it.each([
  '',
  '/etc/passwd',
  '../x',
  'a/../../x',
  'a//b',
  './x',
  'a/.',
  'a\\..\\..\\x',
  'a\0b',
  'a\nb',
  'x'.repeat(300),
  'a/'.repeat(40) + 'x',
])('refuses the name %j and writes nothing', async (name) => {
  await expect(send(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await everything()).toEqual([]);
});

it.each(['', '..', 'a/b', '.hidden', 'x'.repeat(65)])('refuses the batch %j', async (batch) => {
  await expect(send('x.png', 'hello', batch)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await everything()).toEqual([]);
});

it('refuses what the disk cannot hold before it reads any of it', async () => {
  let read = 0;
  const body = new Readable({ read: () => (read += 1) });
  await expect(send('big.zip', body, 'b1', 2 ** 53)).rejects.toMatchObject({
    code: 'DISK_FULL',
    retryable: true,
  });
  expect(read).toBe(0);
  expect(body.destroyed).toBe(false);
  expect(await everything()).toEqual(['b1']);
});

it('removes what was stored when the client goes away or sends less than it said', async () => {
  const torn = Readable.from(
    (function* () {
      yield Buffer.from('half');
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
  );
  await expect(send('torn.zip', torn)).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(send('short.zip', 'hell', 'b1', 5)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await everything()).toEqual(['b1']);
});

it('answers requests that carry their bodies', async () => {
  const handle = createUploadHandler(() => Promise.resolve(uploads));
  const post = (query: string, body: string) =>
    handle(new Request(`app://studio/api/upload?${query}`, { method: 'POST', body }));
  const stored = await post('name=image.png&batch=try-1', 'pasted');
  expect(stored.status).toBe(201);
  const file = path.join(uploads, 'try-1', 'image.png');
  expect(await stored.json()).toMatchObject({ path: file, bytes: 6 });
  expect(await readFile(file, 'utf8')).toBe('pasted');
  expect((await post('name=..%2Fx&batch=try-1', 'x')).status).toBe(400);
});

it('removes after a day what was only looked at or cut off, and no dataset', async () => {
  await send('a.png', 'tried', 'try-1');
  await send('try-2/b.png', 'of a dataset', 'b1');
  const partial = path.join(uploads, 'b1', '.0b1f9a52-7f6c-4d0e-9f4e-1a2b3c4d5e6f.part');
  await writeFile(partial, 'half');
  const before = await everything();
  await sweepUploads(uploads, Date.now() + 23 * 3_600_000);
  expect(await everything()).toEqual(before);
  await sweepUploads(uploads, Date.now() + 25 * 3_600_000);
  expect(await everything()).toEqual(
    ['b1', 'b1/try-2', 'b1/try-2/b.png'].map((name) => path.normalize(name)),
  );
  await sweepUploads(path.join(uploads, 'none'));
});
