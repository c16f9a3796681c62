import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { ownReading } from '../../../electron/contract/recipe/reading.ts';
import { DistillError } from '../../../electron/contract/errors.ts';
import { datasetHandlers } from '../../../electron/engine/services/dataset.ts';
import { gtsrbArchives } from '../../../electron/engine/data/download/archives.ts';
import { downloadFiles, type DownloadOptions } from '../../../electron/engine/data/download/download.ts';
import type { RemoteFile } from '../../../electron/engine/data/download/remote-file.ts';
import { openDataset } from '../../../electron/engine/data/import.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { SharedWork } from '../../../electron/engine/work/shared-work.ts';
import { cutOnceKept } from '../../support/cut-response.ts';
import { zipOf } from '../../support/zip.ts';
import { folderOf, ppm } from '../data/fixture.ts';
import { quiet } from '../data/datasets.ts';

const noise = (seed: number, bytes: number): Buffer => {
  const stream = random(seed, 'archive');
  return Buffer.from(Float64Array.from({ length: bytes / 8 }, () => stream.float()).buffer);
};
const contents: Record<string, Buffer> = { 'one.zip': noise(1, 200_000), 'two.zip': noise(2, 50_000) };
const md5Of = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const archiveOf = (name: string, bytes: Buffer): RemoteFile => ({
  name,
  bytes: bytes.length,
  hash: { algorithm: 'md5', hex: md5Of(bytes) },
});
const archives = Object.entries(contents).map(([name, bytes]) => archiveOf(name, bytes));
const partIn = (folder: string, name: string): string => path.join(folder, `${name}.part`);
const patience = { attempts: 3, delayMs: 1, silenceMs: 5000 };

interface Asked {
  name: string;
  range: string | undefined;
  ifRange: string | undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse, name: string, count: number) => void;

/** Answers as servers should: 200, or 206 for a range where If-Range, if any, names this file. */
const proper: Answer = (request, response, name) => {
  const body = contents[name];
  if (!body) {
    response.writeHead(404).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const etag = `"${md5Of(body)}"`;
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const rest = isSame ? body.subarray(start) : body;
  response.writeHead(start > 0 && isSame ? 206 : 200, {
    etag,
    'content-length': rest.length,
    ...(start > 0 && isSame && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
  });
  response.end(rest);
};

/** A server of the archives; `answer` may treat the n-th request (from 1) for a file in another way. */
async function serve(answer: Answer = proper): Promise<{ baseUrl: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = path.posix.basename(request.url ?? '');
    const { range, 'if-range': ifRange } = request.headers;
    asked.push({ name, range, ifRange: typeof ifRange === 'string' ? ifRange : undefined });
    counts.set(name, (counts.get(name) ?? 0) + 1);
    answer(request, response, name, counts.get(name)!);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`, asked };
}

function download(folder: string, options: Pick<DownloadOptions, 'baseUrl'> & Partial<DownloadOptions>) {
  const reported: [number, number][] = [];
  const onProgress = (done: number, total: number) => void reported.push([done, total]);
  const done = downloadFiles(folder, archives, {
    signal: quiet().signal,
    onProgress,
    patience,
    ...options,
  });
  return { done, reported };
}

/** Each file's checksum: deep equality of long buffers takes seconds. */
const filesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, md5Of(readFileSync(path.join(folder, name)))]));
const whole = Object.fromEntries(Object.entries(contents).map(([name, bytes]) => [name, md5Of(bytes)]));

afterEach(() => vi.unstubAllEnvs());

it('fetches all archives, with progress over all bytes, and leaves whole ones alone', async () => {
  const { baseUrl, asked } = await serve();
  const folder = path.join(folderOf(), 'new', 'folder');
  const { done, reported } = download(folder, { baseUrl });
  await done;
  expect(filesIn(folder)).toEqual(whole);
  expect(reported.at(-1)).toEqual([250_000, 250_000]);
  expect(reported.map(([have]) => have)).toEqual(reported.map(([have]) => have).sort((a, b) => a - b));
  expect(asked.map(({ range }) => range)).toEqual([undefined, undefined]);
  await download(folder, { baseUrl }).done;
  expect(asked).toHaveLength(2);
});

it('goes on behind a cut, as often as something new comes', async () => {
  const folder = folderOf();
  const { baseUrl, asked } = await serve((request, response, name, count) => {
    if (name !== 'one.zip' || count > 5) {
      proper(request, response, name, count);
      return;
    }
    const body = contents[name]!;
    const start = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"first"',
      'content-length': body.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${body.length - 1}/*` }),
    });
    cutOnceKept(response, body.subarray(start, start + 30_000), partIn(folder, name), start + 30_000);
  });
  await download(folder, { baseUrl }).done;
  expect(filesIn(folder)).toEqual(whole);
  const ofOne = asked.filter(({ name }) => name === 'one.zip');
  expect(ofOne.slice(0, 3)).toEqual([
    { name: 'one.zip', range: undefined, ifRange: undefined },
    { name: 'one.zip', range: 'bytes=30000-', ifRange: '"first"' },
    { name: 'one.zip', range: 'bytes=60000-', ifRange: '"first"' },
  ]);
});

it('starts over where the server does not send parts, or another file than before', async () => {
  const folder = folderOf();
  const { baseUrl, asked } = await serve((_, response, name, count) => {
    const body = contents[name]!;
    response.writeHead(200, { 'content-length': body.length });
    if (count === 1) cutOnceKept(response, body.subarray(0, 20_000), partIn(folder, name), 20_000);
    else response.end(body);
  });
  await download(folder, { baseUrl }).done;
  expect(filesIn(folder)).toEqual(whole);
  expect(asked.map(({ range }) => range)).toEqual([undefined, 'bytes=20000-', undefined, 'bytes=20000-']);
});

it.each([
  ['shifted', { 'content-range': 'bytes 0-199999/200000' }, 206],
  ['refused', { 'content-range': 'bytes */200000' }, 416],
])('starts over where the range is %s', async (_, headers, status) => {
  const { baseUrl, asked } = await serve((request, response, name, count) => {
    if (request.headers.range === undefined) {
      proper(request, response, name, count);
      return;
    }
    return response.writeHead(status, headers).end('wrong');
  });
  const folder = folderOf({ 'one.zip.part': noise(1, 1000) });
  await download(folder, { baseUrl }).done;
  expect(filesIn(folder)).toEqual(whole);
  expect(asked.map(({ range }) => range)).toEqual(['bytes=1000-', undefined, undefined]);
});

it('keeps what came when it is cancelled, and goes on from there', async () => {
  const { baseUrl, asked } = await serve((request, response, name, count) => {
    if (count > 1) {
      proper(request, response, name, count);
      return;
    }
    // And then nothing.
    response.writeHead(200, { 'content-length': contents[name]!.length });
    return response.write(contents[name]!.subarray(0, 70_000));
  });
  const folder = folderOf();
  const abort = new AbortController();
  const onProgress = (have: number) => {
    if (have === 70_000) abort.abort();
  };
  const cancelled = download(folder, { baseUrl, signal: abort.signal, onProgress }).done;
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(Object.keys(filesIn(folder))).toEqual(['one.zip.part']);
  expect(statSync(path.join(folder, 'one.zip.part')).size).toBe(70_000);
  const { done, reported } = download(folder, { baseUrl: (await serve()).baseUrl });
  await done;
  expect(reported[0]).toEqual([70_000, 250_000]);
  expect(filesIn(folder)).toEqual(whole);
  expect(asked).toHaveLength(1);
});

it('gives up after some attempts that bring nothing, with the part kept', async () => {
  const { baseUrl, asked } = await serve((_, response) => response.writeHead(503).end());
  const folder = folderOf({ 'one.zip.part': contents['one.zip']!.subarray(0, 500) });
  const failed = download(folder, { baseUrl }).done;
  await expect(failed).rejects.toMatchObject({ code: 'NETWORK', retryable: true });
  await expect(failed).rejects.toThrow('503');
  expect(asked).toHaveLength(3);
  expect(statSync(path.join(folder, 'one.zip.part')).size).toBe(500);

  const silent = await serve(() => undefined);
  const quick = { ...patience, silenceMs: 50 };
  await expect(download(folder, { ...silent, patience: quick }).done).rejects.toThrow(
    'no data arrived for 0.05 s',
  );
  const closed = download(folder, { baseUrl: 'http://127.0.0.1:1/' }).done;
  await expect(closed).rejects.toMatchObject({ code: 'NETWORK' });
});

it('reports at once what no second attempt can mend, and touches nothing', async () => {
  const kept = contents['one.zip']!.subarray(0, 500);
  const folder = folderOf({ 'one.zip.part': kept });
  const error = async (answer: Answer) => {
    const { baseUrl, asked } = await serve(answer);
    const code = await download(folder, { baseUrl }).done.catch(
      (thrown: unknown) => thrown instanceof DistillError && thrown.code,
    );
    expect(readFileSync(path.join(folder, 'one.zip.part'))).toEqual(kept);
    return [code, asked.length];
  };
  expect(await error((_, response) => response.writeHead(404).end())).toEqual(['NETWORK', 1]);
  const page: Answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
  expect(await error(page)).toEqual(['NETWORK', 1]);
  const other: Answer = (_, response) => response.writeHead(200, { 'content-length': 9 }).end('too short');
  expect(await error(other)).toEqual(['NETWORK', 1]);
});

it('deletes an archive with a wrong checksum, and keeps the others', async () => {
  const { baseUrl } = await serve((request, response, name, count) => {
    if (name === 'one.zip') {
      proper(request, response, name, count);
      return;
    }
    return response.end(noise(9, contents[name]!.length));
  });
  const folder = folderOf();
  const failed = download(folder, { baseUrl }).done;
  await expect(failed).rejects.toMatchObject({ code: 'ARCHIVE_CORRUPT', retryable: true });
  await expect(failed).rejects.toThrow(archives[1]!.hash.hex);
  expect(Object.keys(filesIn(folder))).toEqual(['one.zip']);
});

it('checks a part that was whole already, and drops one that is too long', async () => {
  const { baseUrl, asked } = await serve();
  const folder = folderOf({ 'one.zip.part': contents['one.zip']!, 'two.zip.part': noise(3, 60_000) });
  await download(folder, { baseUrl }).done;
  expect(filesIn(folder)).toEqual(whole);
  expect(asked).toEqual([{ name: 'two.zip', range: undefined, ifRange: undefined }]);
});

it('leaves a file of the same name that is another', async () => {
  const { baseUrl, asked } = await serve();
  for (const mine of [noise(4, 16), noise(4, 50_000)]) {
    const folder = folderOf({ 'two.zip': mine });
    await expect(download(folder, { baseUrl }).done).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(filesIn(folder)).toEqual({ 'two.zip': md5Of(mine) });
  }
  expect(asked).toEqual([]);
});

it('does not begin where the disk is too small for what is missing', async () => {
  const { baseUrl, asked } = await serve();
  const folder = folderOf({ 'one.zip.part': contents['one.zip']!.subarray(0, 150_000) });
  const reserve = 64 * 2 ** 20;
  const tight = download(folder, { baseUrl, freeBytes: () => Promise.resolve(reserve + 99_999) }).done;
  await expect(tight).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
  expect(asked).toEqual([]);
  await download(folder, { baseUrl, freeBytes: () => Promise.resolve(reserve + 100_000) }).done;
  expect(filesIn(folder)).toEqual(whole);
});

it('names the folder that cannot be made', async () => {
  const { baseUrl } = await serve();
  const folder = folderOf({ file: 'x' });
  const failed = download(path.join(folder, 'file'), { baseUrl }).done;
  await expect(failed).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('knows the three archives by name, length and checksum', () => {
  expect(gtsrbArchives.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(365_372_996);
  expect(gtsrbArchives.every(({ hash }) => /^[0-9a-f]{32}$/.test(hash.hex))).toBe(true);
});

it('serves two windows from one download, at the address that the environment names', async () => {
  const { baseUrl, asked } = await serve((_, response) => response.writeHead(404).end());
  vi.stubEnv('DISTILL_GTSRB_URL', baseUrl);
  const folder = folderOf();
  const { downloadGtsrb: handler } = datasetHandlers(new SharedWork());
  const calls = [handler({ folder }, quiet()), handler({ folder: `${folder}${path.sep}` }, quiet())];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'NETWORK' });
  expect(asked.map(({ name }) => name)).toEqual(['GTSRB_Final_Test_GT.zip']);
  vi.stubEnv('DISTILL_GTSRB_URL', 'not an address');
  await expect(handler({ folder }, quiet())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('makes a folder that can be imported', async () => {
  const table = (rows: string) => Buffer.from(`Filename;Width;Height;ClassId\r\n${rows}`);
  const published: Record<string, Buffer> = {
    'GTSRB_Final_Training_Images.zip': zipOf([
      { name: 'GTSRB/Final_Training/Images/00000/00000_00000.ppm', bytes: ppm(1) },
      { name: 'GTSRB/Final_Training/Images/00000/GT-00000.csv', bytes: table('00000_00000.ppm;3;2;0\r\n') },
    ]),
    'GTSRB_Final_Test_Images.zip': zipOf([{ name: 'GTSRB/Final_Test/Images/00000.ppm', bytes: ppm(2) }]),
    'GTSRB_Final_Test_GT.zip': zipOf([{ name: 'GT-final_test.csv', bytes: table('00000.ppm;3;2;7\r\n') }]),
  };
  const { baseUrl } = await serve((_, response, name) => response.end(published[name]));
  const folder = path.join(folderOf(), 'gtsrb');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'GTSRB_Final_Test_GT.zip.part'), 'PK');
  const wanted = gtsrbArchives.map(({ name }) => archiveOf(name, published[name]!));
  const onProgress = () => undefined;
  await downloadFiles(folder, wanted, { baseUrl, signal: quiet().signal, onProgress, patience });
  const dataset = await openDataset(folder, { classNames: null, reading: ownReading });
  await dataset.close();
  expect([dataset.format, dataset.train[0]!.label, dataset.test[0]!.label]).toEqual(['gtsrb', 0, 7]);
  expect(existsSync(path.join(folder, 'GTSRB_Final_Test_GT.zip.part'))).toBe(false);
});
