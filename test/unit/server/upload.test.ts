import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { receiveUpload } from '../../../electron/server/upload.ts';

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
  await send('signs/Grün/00001.ppm', 'again');
  expect(await readFile(answer.path, 'utf8')).toBe('again');
  expect(await everything()).toEqual(
    ['b1', 'b1/signs', 'b1/signs/Grün', 'b1/signs/Grün/00001.ppm'].map((name) => path.normalize(name)),
  );
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
