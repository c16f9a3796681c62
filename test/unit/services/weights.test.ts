import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished, test, vi } from 'vitest';
import { findPublished, hashPrefix, publishedWeights } from '../../../electron/contract/published-weights.ts';
import { proxyFor } from '../../../electron/engine/data/download/proxy.ts';
import { weightsHandlers } from '../../../electron/engine/services/weights.ts';
import type { Source } from '../../../electron/engine/user/weights-cache.ts';
import { SharedWork } from '../../../electron/engine/work/shared-work.ts';
import { cutOnceKept } from '../../support/cut-response.ts';
import { folderOf } from '../data/fixture.ts';
import { quiet } from '../data/datasets.ts';
import { useHome } from '../run-folder/kept-runs.ts';

const home = useHome();
// Of a developer's own proxy.
beforeEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'])
    for (const spelling of [name, name.toLowerCase()]) vi.stubEnv(spelling, '');
});

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) >> 5));
const sha256 = createHash('sha256').update(content).digest('hex');
/** 100,000 bytes, published as torchvision would: 0.095 MiB. */
const published = {
  ...findPublished('resnet18')!,
  name: 'Small_Weights.IMAGENET1K_V1',
  file: `small-${sha256.slice(0, 8)}.pth`,
  size: 0.095,
};

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const proper: Answer = (request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': content.length - start,
    ...(start > 0 && { 'content-range': range }),
  });
  response.end(content.subarray(start));
};

/** A server on this machine, and what was asked of it. */
async function serve(answer: Answer = proper) {
  const asked: { url: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url!, range: request.headers.range });
    answer(request, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/models`, asked, server, port };
}

const service = (url: string) => {
  const patience = { attempts: 3, delayMs: 1, silenceMs: 5000 };
  const source: Source = { catalogue: [published], url, patience };
  return weightsHandlers(new SharedWork(), () => source);
};
const name = published.name;
const cached = () => path.join(home.folder, 'weights', published.file);
const isWhole = () => existsSync(cached()) && readFileSync(cached()).equals(content);

it('downloads a file of which a rounded length is published, and lists it', async () => {
  const { url, asked } = await serve();
  const { list, fetch } = service(url);
  const expected = { ...published, url: `${url}/${published.file}`, path: cached() };
  expect(await list({}, quiet())).toEqual({
    folder: path.join(home.folder, 'weights'),
    entries: [{ ...expected, bytes: 99_615, state: 'missing', haveBytes: 0 }],
  });
  const reported: number[] = [];
  const whole = await fetch(
    { name },
    { ...quiet(), progress: ({ done, total }) => reported.push(done / total) },
  );
  expect(whole).toEqual({ ...expected, bytes: 100_000, state: 'whole', haveBytes: 100_000 });
  expect(isWhole()).toBe(true);
  expect(reported.at(-1)).toBe(1);
  expect((await list({}, quiet())).entries).toEqual([whole]);
  expect(await fetch({ name: published.file }, quiet())).toEqual(whole);
  expect(asked).toEqual([{ url: `/models/${published.file}`, range: undefined }]);
});

it('continues behind a cut, also in a later call', async () => {
  const { url, asked } = await serve((request, response, count) => {
    if (count > 1) {
      proper(request, response, count);
      return;
    }
    response.writeHead(200, { 'content-length': content.length });
    cutOnceKept(response, content.subarray(0, 40_000), `${cached()}.part`, 40_000);
    return response;
  });
  await service(url).fetch({ name }, quiet());
  expect(isWhole()).toBe(true);
  expect(asked.map(({ range }) => range)).toEqual([undefined, 'bytes=40000-']);

  writeFileSync(`${cached()}.part`, content.subarray(0, 70_000));
  writeFileSync(cached(), 'damaged on the disk');
  expect((await service(url).list({}, quiet())).entries[0]).toMatchObject({
    state: 'partial',
    haveBytes: 70_000,
  });
  await service(url).fetch({ name }, quiet());
  expect(isWhole()).toBe(true);
  expect(asked.at(-1)!.range).toBe('bytes=70000-');
});

it('takes a part that was whole but not yet checked for what it is', async () => {
  mkdirSync(path.dirname(cached()), { recursive: true });
  writeFileSync(`${cached()}.part`, content);
  const { url, asked } = await serve((_, response) =>
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end(),
  );
  await service(url).fetch({ name }, quiet());
  expect(isWhole()).toBe(true);
  expect(asked).toHaveLength(1);
});

it('keeps what came when it is cancelled, under no name that looks whole', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 30_000));
  });
  const abort = new AbortController();
  const cancelled = service(url).fetch({ name }, quiet(abort.signal));
  await vi.waitFor(() => expect(statSync(`${cached()}.part`).size).toBe(30_000));
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(statSync(`${cached()}.part`).size).toBe(30_000);
  expect(readdirSync(path.dirname(cached()))).toEqual([`${published.file}.part`]);
});

test.each<[string, Answer, string, string]>([
  [
    'other bytes of the right length',
    (_, response) => response.end(Buffer.alloc(content.length)),
    'WEIGHTS_CORRUPT',
    'arrived damaged and was deleted',
  ],
  ['a file that is not there', (_, response) => response.writeHead(404).end(), 'NETWORK', '404'],
  [
    'a web page',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in</p>'),
    'NETWORK',
    'A web page arrived',
  ],
  [
    'a length that is not the published one',
    (_, response) => response.writeHead(200, { 'content-length': 5_000_000 }).end(),
    'NETWORK',
    'has 5000000 bytes there',
  ],
  [
    'more than the length that was not given',
    (_, response) => {
      response.write(content);
      response.end(content);
    },
    'NETWORK',
    'more than 100140 bytes',
  ],
  [
    'a length that never arrives',
    (_, response) => {
      response.writeHead(200, { 'content-length': content.length + 100 });
      cutOnceKept(response, content, `${cached()}.part`, content.length);
    },
    'NETWORK',
    'could not be downloaded',
  ],
  [
    'a redirect to another host',
    (_, response) => response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end(),
    'NETWORK',
    'leads to http://localhost:1/elsewhere, from where nothing is downloaded',
  ],
  [
    'a redirect to no web address',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    'NETWORK',
    'leads to file:///etc/passwd',
  ],
  [
    'redirects in a circle',
    (_, response) => response.writeHead(302, { location: '?again' }).end(),
    'NETWORK',
    'without an end',
  ],
])('refuses %s', async (_, answer, code, sentence) => {
  const { url } = await serve(answer);
  const failed = service(url).fetch({ name }, quiet());
  await expect(failed).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w{3}.*\.$/) as string });
  await expect(failed).rejects.toThrow(sentence);
  expect(existsSync(cached())).toBe(false);
});

it('follows redirects on the same host', async () => {
  const { url, asked } = await serve((request, response, count) => {
    if (request.url === '/there') {
      proper(request, response, count);
      return;
    }
    return response.writeHead(307, { location: '/there' }).end();
  });
  await service(url).fetch({ name }, quiet());
  expect(isWhole()).toBe(true);
  expect(asked.map((one) => one.url)).toEqual([`/models/${published.file}`, '/there']);
});

it('goes through the proxy that the environment names, with its password, unless the host is exempt', async () => {
  const seen: unknown[] = [];
  const proxy = await serve((request, response, count) => {
    seen.push([
      request.url,
      request.headers.host,
      request.headers['proxy-authorization'],
      request.headers.authorization,
    ]);
    proper(request, response, count);
  });
  vi.stubEnv('http_proxy', `http://user:s%20cret@127.0.0.1:${proxy.port}`);
  await service('http://weights.example/models').fetch({ name }, quiet());
  expect(isWhole()).toBe(true);
  const basic = `Basic ${Buffer.from('user:s cret').toString('base64')}`;
  expect(seen).toEqual([
    [`http://weights.example/models/${published.file}`, 'weights.example', basic, undefined],
  ]);

  const direct = await serve((_, response) => response.writeHead(404).end());
  vi.stubEnv('no_proxy', '127.0.0.1');
  writeFileSync(cached(), '');
  await expect(service(direct.url).fetch({ name }, quiet())).rejects.toThrow('404');
  expect([seen.length, direct.asked.length]).toEqual([1, 1]);
});

it('asks the proxy for a tunnel to an https host, and names the proxy that refuses', async () => {
  const proxy = await serve();
  const asked: unknown[] = [];
  proxy.server.on('connect', (request: IncomingMessage, socket) => {
    asked.push([request.url, request.headers['proxy-authorization']]);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  vi.stubEnv('HTTPS_PROXY', `127.0.0.1:${proxy.port}`);
  const failed = service('https://weights.example/').fetch({ name }, quiet());
  await expect(failed).rejects.toMatchObject({
    code: 'NETWORK',
    message: `The proxy 127.0.0.1:${proxy.port} answered 407 Proxy Authentication Required.`,
    hint: expect.stringContaining('user:password@host:port') as string,
  });
  expect(asked).toEqual([['weights.example:443', undefined]]);
  vi.stubEnv('HTTPS_PROXY', 'socks5://user:secret@127.0.0.1:1080');
  const refused = service('https://weights.example/').fetch({ name }, quiet());
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(refused).rejects.not.toThrow('secret');
});

test.each([
  ['https://a.example/x', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'http://p:1/'],
  ['http://a.example/x', { HTTPS_PROXY: 'http://p:1', http_proxy: 'q:2' }, 'http://q:2/'],
  ['http://a.example/x', { all_proxy: 'http://p:1' }, 'http://p:1/'],
  ['http://a.example/x', { http_proxy: 'http://p:1', NO_PROXY: 'b.example, .example' }, null],
  ['http://a.example/x', { http_proxy: 'http://p:1', NO_PROXY: 'a.example:8080' }, 'http://p:1/'],
  ['http://a.example:8080/x', { http_proxy: 'http://p:1', NO_PROXY: 'a.example:8080' }, null],
  ['http://an.example/x', { http_proxy: 'http://p:1', NO_PROXY: 'n.example' }, 'http://p:1/'],
  ['http://a.example/x', { http_proxy: 'http://p:1', NO_PROXY: '*' }, null],
])('%s with %o goes through %s', (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)?.href ?? null).toBe(proxy);
});

it('adds a file by its content, whatever its name, and refuses others with the reason', async () => {
  const { list, add } = service('http://127.0.0.1:1/');
  const folder = folderOf({
    'renamed.bin': content,
    'mine.pth': content.subarray(1),
    [published.file]: content.subarray(0, 50_000),
  });
  const file = (base: string) => path.join(folder, base);
  await expect(add({ file: file('mine.pth') }, quiet())).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('is none of the published files') as string,
  });
  await expect(add({ file: file(published.file) }, quiet())).rejects.toThrow(
    'has the name of published weights but other content',
  );
  await expect(add({ file: folder }, quiet())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(existsSync(path.dirname(cached()))).toBe(false);

  const added = await add({ file: file('renamed.bin') }, quiet());
  expect(added).toMatchObject({ name, state: 'whole', path: cached() });
  expect(isWhole()).toBe(true);
  expect(readdirSync(path.dirname(cached()))).toEqual([published.file]);
  expect(await add({ file: cached() }, quiet())).toEqual(added);
  expect((await list({}, quiet())).entries).toEqual([added]);
});

it('has names that are not known refused, and another source from the environment', async () => {
  const handlers = weightsHandlers(new SharedWork());
  await expect(handlers.fetch({ name: 'resnet152' }, quiet())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { url, asked } = await serve((_, response) => response.writeHead(404).end());
  vi.stubEnv('DISTILL_WEIGHTS_URL', url);
  await expect(handlers.fetch({ name: 'resnet50' }, quiet())).rejects.toThrow('404');
  expect(asked.map((one) => one.url)).toEqual(['/models/resnet50-11ad3fa6.pth']);
  vi.stubEnv('DISTILL_WEIGHTS_URL', 'nowhere');
  await expect(handlers.list({}, quiet())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('names every published file once, with the digits of its checksum', () => {
  const all = publishedWeights.flatMap((one) => [one.name, one.file]);
  expect(new Set(all).size).toBe(all.length);
  for (const one of publishedWeights) expect(hashPrefix(one)).toMatch(/^[0-9a-f]{8,10}$/);
});
