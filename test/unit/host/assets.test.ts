import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPromise } from 'yauzl';
import { DistillError, type ErrorValue } from '../../../electron/contract/errors.ts';
import type { Client } from '../../../electron/contract/services.ts';
import { namesInside } from '../../../electron/host/archive-response.ts';
import { createAssetHandler } from '../../../electron/host/assets.ts';

let folder: string;
let runs: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-assets-'));
  runs = path.join(folder, 'runs');
  await mkdir(path.join(runs, 'r', 'exports'), { recursive: true });
  await mkdir(path.join(folder, 'runs-else'));
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(folder, 'runs-else', 'secret.txt'), 'secret');
  await writeFile(path.join(runs, 'r', 'report.html'), '<script>alert(1)</script>');
  await writeFile(path.join(runs, 'r', 'exports', 'Grüße "1".csv'), 'a,b\n1,2\n');
  await writeFile(path.join(runs, 'r', 'empty.txt'), '');
  await writeFile(path.join(runs, 'r', 'student.safetensors'), Buffer.alloc(300_000, 7));
  await symlink(path.join(folder, 'secret.txt'), path.join(runs, 'link.txt'));
  await symlink(folder, path.join(runs, 'up'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pixel = Buffer.from('89504e47', 'hex');
type ImageCall = Client['dataset']['image'];

function handler(
  image: ImageCall = () => Promise.resolve({ type: 'image/png', base64: pixel.toString('base64') }),
) {
  const handle = createAssetHandler({
    client: () => ({ dataset: { image } as Client['dataset'] }),
    roots: () => Promise.resolve([runs, path.join(folder, 'not-there')]),
  });
  return (address: string, init?: RequestInit) => handle(new Request(`http://localhost${address}`, init));
}

const file = (name: string, init?: RequestInit) =>
  handler()(`/api/file?path=${encodeURIComponent(name)}`, init);
const errorOf = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as ErrorValue).code,
});

describe('files', () => {
  it('streams a file below the roots whole', async () => {
    const response = await file(path.join(runs, 'r', 'student.safetensors'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(response.headers.get('content-length')).toBe('300000');
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.alloc(300_000, 7))).toBe(true);
    expect(await (await file(path.join(runs, 'r', 'empty.txt'))).text()).toBe('');
  });

  it('shows a report in a sandbox without scripts, of an origin of its own', async () => {
    const response = await file(path.join(runs, 'r', 'report.html'));
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^inline/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^sandbox( |;)/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
  });

  it('names the file for saving, in ASCII and in UTF-8, without a way out of the header', async () => {
    const name = path.join(runs, 'r', 'exports', 'Grüße "1".csv');
    const response = await handler()(`/api/file?download=1&path=${encodeURIComponent(name)}`);
    // Percent-encoded by hand after RFC 5987.
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="Gr__e _1_.csv"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.csv`,
    );
  });

  it('answers 304 to who has it, HEAD without a body, and refuses to be written to', async () => {
    const name = path.join(runs, 'r', 'report.html');
    const etag = (await file(name)).headers.get('etag')!;
    expect((await file(name, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await file(name, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['25', '']);
    expect((await file(name, { method: 'PUT', body: 'x' })).status).toBe(405);
  });

  it.each([
    ['an absolute path elsewhere', () => path.join(folder, 'secret.txt')],
    ['a way up', () => path.join(runs, 'r') + '/../../secret.txt'],
    ['a neighbour whose name begins alike', () => path.join(folder, 'runs-else', 'secret.txt')],
    ['a symbolic link to a file', () => path.join(runs, 'link.txt')],
    ['a symbolic link to a folder', () => path.join(runs, 'up', 'secret.txt')],
    ['a relative path', () => 'r/report.html'],
    ['nothing', () => ''],
    ['a zero byte', () => path.join(runs, 'r', 'report.html\0.txt')],
    ['a root that does not exist', () => path.join(folder, 'not-there', '..', 'secret.txt')],
    ['what does not exist elsewhere', () => path.join(folder, 'nothing.txt')],
  ])('refuses %s', async (_what, name) => {
    expect(await errorOf(await file(name()))).toEqual({ status: 403, code: 'NOT_WRITABLE' });
  });

  it('reports a missing file and a folder inside', async () => {
    expect(await errorOf(await file(path.join(runs, 'r', 'nothing.txt')))).toEqual({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect(await errorOf(await file(path.join(runs, 'r')))).toEqual({ status: 400, code: 'INVALID_INPUT' });
    expect(await errorOf(await handler()('/api/else'))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('several files at once', () => {
  const archive = (files: string[], name = 'r.zip') =>
    handler()(
      `/api/archive?${new URLSearchParams([['name', name], ...files.map((one): [string, string] => ['file', one])]).toString()}`,
    );

  /** By an implementation of others. */
  async function unzipped(response: Response): Promise<Map<string, Buffer>> {
    const place = path.join(folder, 'got.zip');
    await writeFile(place, Buffer.from(await response.arrayBuffer()));
    const zip = await openPromise(place);
    const got = new Map<string, Buffer>();
    for await (const entry of zip.eachEntry()) {
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      got.set(entry.fileName, Buffer.concat(chunks));
    }
    return got;
  }

  it('come as one zip with their folders, whole, to be saved', async () => {
    const names = ['report.html', 'empty.txt', 'student.safetensors', 'exports/Grüße "1".csv'];
    const files = names.map((name) => path.join(runs, 'r', name));
    const response = await archive([...files, files[0]!]);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="r.zip"/);
    const got = await unzipped(response);
    expect([...got.keys()]).toEqual(names);
    for (const [i, name] of names.entries())
      expect(got.get(name)!.equals(await readFile(files[i]!)), name).toBe(true);
  });

  it('come with all files of folders, without links', async () => {
    const inside = path.join(runs, 'r', 'exports', 'web');
    await mkdir(path.join(inside, 'lib'), { recursive: true });
    await writeFile(path.join(inside, 'index.html'), '<h1>');
    await writeFile(path.join(inside, 'lib', 'a.js'), 'a');
    await symlink(path.join(folder, 'secret.txt'), path.join(inside, 'link.txt'));
    const both = await unzipped(await archive([inside, path.join(runs, 'r', 'report.html')]));
    expect([...both.keys()]).toEqual(['exports/web/index.html', 'exports/web/lib/a.js', 'report.html']);
    expect(both.get('exports/web/lib/a.js')!.toString()).toBe('a');
    expect([...(await unzipped(await archive([inside]))).keys()]).toEqual(['web/index.html', 'web/lib/a.js']);
  });

  it('are refused where one of them may not be read, or none is named', async () => {
    const report = path.join(runs, 'r', 'report.html');
    expect(await errorOf(await archive([report, path.join(folder, 'secret.txt')]))).toEqual({
      status: 403,
      code: 'NOT_WRITABLE',
    });
    expect(await errorOf(await archive([]))).toEqual({ status: 400, code: 'INVALID_INPUT' });
  });
});

it('a file that was written a moment ago is found by asking anew', async () => {
  const asked: boolean[] = [];
  const handle = createAssetHandler({
    client: () => ({ dataset: {} as Client['dataset'] }),
    roots({ fresh } = { fresh: false }) {
      asked.push(fresh);
      return Promise.resolve(fresh ? [path.join(folder, 'secret.txt')] : []);
    },
  });
  const get = (name: string) =>
    handle(new Request(`http://localhost/api/file?path=${encodeURIComponent(path.join(folder, name))}`));
  expect(await (await get('secret.txt')).text()).toBe('secret');
  expect(asked).toEqual([false, true]);
  // A file that may be read does not open the folder that it lies in.
  expect((await get('runs-else/secret.txt')).status).toBe(403);
});

describe('images', () => {
  it("asks the engine by the contract's input and hands over the bytes", async () => {
    const image = vi.fn<ImageCall>(() =>
      Promise.resolve({ type: 'image/png', base64: pixel.toString('base64') }),
    );
    const augment = { rotate: { maxDegrees: 20, p: 1 } };
    const query = new URLSearchParams({
      path: '/data',
      key: '00001/a b.ppm',
      side: '64',
      augment: JSON.stringify(augment),
      resize: 'crop',
      seed: '5',
    });
    const response = await handler(image)(`/api/image?${query.toString()}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await response.arrayBuffer()).equals(pixel)).toBe(true);
    expect(image.mock.calls[0]![0]).toMatchObject({
      path: '/data',
      key: '00001/a b.ppm',
      side: 64,
      resize: 'crop',
      seed: 5,
    });
    expect(image.mock.calls[0]![0].augment).toMatchObject(augment);
  });

  it("lets a dataset's own image be kept, but nothing that is tried out", async () => {
    const cached = async (query: string) =>
      (await handler()(`/api/image?${query}`)).headers.get('cache-control');
    expect(await cached('path=/data&key=a.ppm')).toContain('immutable');
    expect(await cached('path=/data&key=a.ppm&augment=%7B%7D')).toBe('private, no-cache');
    expect(await cached('path=/image.png')).toBe('private, no-cache');
    const etag = (await handler()('/api/image?path=/image.png')).headers.get('etag')!;
    const again = await handler()('/api/image?path=/image.png', {
      headers: { 'if-none-match': `"x", ${etag}` },
    });
    expect(again.status).toBe(304);
  });

  it.each([
    '',
    'path=/d&side=ten',
    'path=/d&side=4',
    'path=/d&augment=%7B',
    'path=/d&resize=bend',
    'path=/d&sise=4',
  ])('refuses the query "%s" before the engine is asked', async (query) => {
    const image = vi.fn<ImageCall>();
    expect(await errorOf(await handler(image)(`/api/image?${query}`))).toEqual({
      status: 400,
      code: 'INVALID_INPUT',
    });
    expect(image).not.toHaveBeenCalled();
  });

  it('answers with the error of the engine, and when it is away', async () => {
    const broken: ImageCall = () =>
      Promise.reject(new DistillError('IMAGE_UNREADABLE', 'No image.', 'Replace it.'));
    expect(await errorOf(await handler(broken)('/api/image?path=/x.png'))).toEqual({
      status: 422,
      code: 'IMAGE_UNREADABLE',
    });
    const away = createAssetHandler({
      client: () => {
        throw new DistillError('ENGINE_GONE', 'Away.', 'Wait.');
      },
      roots: () => Promise.resolve([]),
    });
    expect(await errorOf(await away(new Request('http://localhost/api/image?path=/x.png')))).toEqual({
      status: 503,
      code: 'ENGINE_GONE',
    });
  });
});

it('names files of several drives from their drive on, and ends', () => {
  expect(namesInside(['C:\\runs\\a\\1.csv', 'D:\\out\\2.csv'], path.win32)).toEqual([
    'C/runs/a/1.csv',
    'D/out/2.csv',
  ]);
  expect(namesInside(['C:\\runs\\1.csv', 'C:\\out\\2.csv'], path.win32)).toEqual(['runs/1.csv', 'out/2.csv']);
  expect(namesInside(['/runs/1.csv', '/out/2.csv'], path.posix)).toEqual(['runs/1.csv', 'out/2.csv']);
  expect(namesInside(['/runs/a/1.csv'], path.posix)).toEqual(['1.csv']);
});
