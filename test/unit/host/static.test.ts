import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStaticHandler } from '../../../electron/host/static.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-static-'));
  const pages = path.join(folder, 'renderer');
  await mkdir(path.join(pages, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(pages, 'index.html'), '<!doctype html><title>pages</title>');
  await writeFile(path.join(pages, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(path.join(pages, 'icon.svg'), '<svg/>');
  await symlink(path.join(folder, 'secret.txt'), path.join(pages, 'link.txt'));
  await symlink(folder, path.join(pages, 'up'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (address: string, init?: RequestInit) =>
  createStaticHandler({
    folder: path.join(folder, 'renderer'),
    connect: ({ url }) => [`ws://${new URL(url).host}`],
  })(new Request(`http://127.0.0.1:4173${address}`, init));

it.each([
  ['/', 'text/html; charset=utf-8', 'no-cache'],
  ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['/assets/index-abc123.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['/icon.svg', 'image/svg+xml', 'no-cache'],
])('serves %s', async (address, type, caching) => {
  const response = await get(address);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('cache-control')).toBe(caching);
  expect(await response.text()).not.toBe('');
});

it.each(['/runs/%2Fhome%2Fme%2Frun-1', '/wizard/data', '/anything', '/assets'])(
  "gives the app's own address %s the app",
  async (address) => {
    expect(await (await get(address)).text()).toContain('<title>pages</title>');
  },
);

it.each([
  '/nothing.js',
  '/assets/nothing.css',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/%00secret.txt',
  '/link.txt',
  '/up/secret.txt',
  '/up/renderer/index.html.txt',
  '/%E0%A4%A',
])('answers 404 to %s, and reads nothing outside', async (address) => {
  const response = await get(address);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain('secret');
});

it('sends a policy under which only our own files run, with every answer', async () => {
  for (const address of ['/', '/nothing.js']) {
    const { headers } = await get(address);
    const policy = Object.fromEntries(
      headers
        .get('content-security-policy')!
        .split('; ')
        .map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data: blob:",
      'font-src': "'self' data:",
      'connect-src': "'self' ws://127.0.0.1:4173",
      'form-action': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

it('answers 304 to who has the file, HEAD without a body, 405 to others', async () => {
  const etag = (await get('/icon.svg')).headers.get('etag')!;
  expect((await get('/icon.svg', { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect(await (await get('/icon.svg', { method: 'HEAD' })).text()).toBe('');
  expect((await get('/icon.svg', { method: 'POST' })).status).toBe(405);
});
