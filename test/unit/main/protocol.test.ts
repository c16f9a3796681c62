import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPaths, createAssetHandler } from '../../../electron/host/assets.ts';
import { createStaticHandler } from '../../../electron/host/static.ts';
import { setupProtocol, studioHandler } from '../../../electron/main/protocol.ts';

describe('app://', () => {
  let folder: string;
  let handle: (request: Request) => Promise<Response>;
  const logged: string[] = [];
  const get = (url: string, init?: RequestInit) => handle(new Request(url, init));

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'protocol-'));
    mkdirSync(path.join(folder, 'renderer', 'assets'), { recursive: true });
    mkdirSync(path.join(folder, 'runs'));
    writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>page');
    writeFileSync(path.join(folder, 'renderer', 'assets', 'index-1.js'), 'script');
    writeFileSync(path.join(folder, 'runs', 'report.html'), 'report');
    symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'renderer', 'link.txt'));
    symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'runs', 'link.txt'));
    const client = () => {
      throw new Error('no engine here');
    };
    const pages = createStaticHandler({ folder: path.join(folder, 'renderer') });
    const assets = createAssetHandler({ client, roots: () => Promise.resolve([path.join(folder, 'runs')]) });
    setupProtocol(
      {
        handle(scheme, handler) {
          expect(scheme).toBe('app');
          handle = handler;
        },
      },
      studioHandler(pages, Object.fromEntries(assetPaths.map((each) => [each, assets]))),
      (message) => logged.push(message),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('serves the page, its own addresses and its files, with the policy', async () => {
    for (const url of ['app://studio/', 'app://studio/runs/some-run']) {
      const response = await get(url);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('page');
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(response.headers.get('content-type')).toContain('text/html');
    }
    const script = await get('app://studio/assets/index-1.js');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(await script.text()).toBe('script');
  });

  it.each([
    'app://studio/../secret.txt',
    'app://studio/..%2fsecret.txt',
    'app://studio/%2e%2e/secret.txt',
    'app://studio/assets/..%2f..%2fsecret.txt',
    'app://studio/..%5csecret.txt',
    'app://studio/..\\secret.txt',
    'app://studio/%00/secret.txt',
    'app://studio/link.txt',
    'app://studio//etc/passwd',
    'app://studio/%2fetc%2fpasswd',
    'app://studio/api/file?path=%2fetc%2fpasswd',
    'app://studio/api/file?path=../secret.txt',
  ])('gives nothing from outside for %s', async (url) => {
    const response = await get(url);
    const text = await response.text();
    expect(text).not.toContain('secret\n');
    expect(text).not.toBe('secret');
    expect(text).not.toContain('root:');
  });

  it("serves a run's files, and none beside them", async () => {
    const file = (name: string) =>
      get(`app://studio/api/file?path=${encodeURIComponent(path.join(folder, 'runs', name))}`);
    expect(await (await file('report.html')).text()).toBe('report');
    for (const name of ['../secret.txt', 'link.txt', 'none.html']) {
      const response = await file(name);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toBe('secret');
    }
  });

  it('knows no other host and no way to write', async () => {
    expect((await get('app://other/')).status).toBe(404);
    expect((await get('app://studio/', { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('answers 500 where a handler throws, and logs it', async () => {
    let broken: (request: Request) => Promise<Response> = () => Promise.reject(new Error('unset'));
    setupProtocol(
      { handle: (_scheme, handler) => (broken = handler) },
      () => Promise.reject(new Error('broken')),
      (message) => logged.push(message),
    );
    expect((await broken(new Request('app://studio/a'))).status).toBe(500);
    expect(logged).toEqual(['GET app://studio/a failed']);
  });
});
