import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FileServer, startFileServer, sweepArea } from '../../../electron/engine/queue/file-server.ts';
import { HttpExchange } from '../../../electron/engine/queue/http-exchange.ts';
import { freePort } from '../../support/redis.ts';

const attempt = '00003-2-seed-1';
const current = new Set([attempt]);
let folder: string;
let server: FileServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'distill-files-'));
  for (const name of ['sweep/runs/00003-1-seed-1', `sweep/runs/${attempt}`, 'here'])
    await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, 'secret'), 'none of yours');
  await writeFile(path.join(folder, 'sweep/sweep.json'), '0123456789');
  server = await startFileServer({
    address: `http://127.0.0.1:${await freePort()}`,
    isCurrent: (name) => current.has(name),
  });
  server.serve(sweepArea, path.join(folder, 'sweep'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const exchange = (name = attempt) =>
  new HttpExchange(() => server.access, name, new AbortController().signal);
const ask = (place: string, init: RequestInit = {}, token = server.access.token) =>
  fetch(`${server.access.url}/${place}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, attempt, ...(init.headers as Record<string, string>) },
  });
const read = (...parts: string[]) => readFile(path.join(folder, ...parts), 'utf8');

test('an attempt sends a file whole, and another machine fetches it, also the rest of a part', async () => {
  const name = `runs/${attempt}/checkpoints/student/1.safetensors`;
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  await writeFile(path.join(folder, 'here/1'), bytes);
  await exchange().put(name, { file: path.join(folder, 'here/1') });
  const [listed] = await exchange().list(`runs/${attempt}`);
  expect(listed).toEqual({ name, bytes: 300_000, sha256: createHash('sha256').update(bytes).digest('hex') });
  await writeFile(path.join(folder, 'here/2.part'), bytes.subarray(0, 100_000));
  await exchange().fetch(listed!, path.join(folder, 'here/2'));
  expect(await readFile(path.join(folder, 'here/2'))).toEqual(bytes);
  await exchange().remove(name);
  expect(await exchange().list(`runs/${attempt}`)).toEqual([]);
});

test('a part of other bytes is noticed, and fetched anew the next time', async () => {
  const [listed] = await exchange().list('sweep.json');
  await writeFile(path.join(folder, 'here/3.part'), 'other');
  await expect(exchange().fetch(listed!, path.join(folder, 'here/3'))).rejects.toMatchObject({
    code: 'NETWORK',
  });
  await exchange().fetch(listed!, path.join(folder, 'here/3'));
  expect(await read('here/3')).toBe('0123456789');
});

test('a late attempt, and one that writes outside of its folder, are refused', async () => {
  const bytes = Buffer.from('late');
  const late = exchange('00003-1-seed-1');
  await expect(late.put('runs/00003-1-seed-1/run.json', { bytes })).rejects.toMatchObject({
    code: 'RUN_STATE',
  });
  await expect(late.remove('runs/00003-1-seed-1/run.json')).rejects.toMatchObject({ code: 'RUN_STATE' });
  for (const name of [
    'runs/00003-1-seed-1/run.json',
    `runs/${attempt}`,
    `runs/${attempt}/run.lock`,
    'sweep.json',
  ])
    await expect(exchange().put(name, { bytes })).rejects.toMatchObject({ code: 'NETWORK' });
  expect(await read('sweep/sweep.json')).toBe('0123456789');
  expect(await readdir(path.join(folder, 'sweep/runs/00003-1-seed-1'))).toEqual([]);
});

test('stored logits that are there stay', async () => {
  for (const text of ['first', 'second'])
    await exchange().put('cache/a/store.json', { bytes: Buffer.from(text) });
  expect(await read('sweep/cache/a/store.json')).toBe('first');
});

test('a body that does not fit its digest leaves nothing behind', async () => {
  const headers = { 'content-digest': 'sha-256=:AAAA:' };
  const response = await ask(`files/sweep/runs/${attempt}/log.txt`, { method: 'PUT', headers, body: 'torn' });
  expect(response.status).toBe(422);
  expect(await readdir(path.join(folder, 'sweep/runs', attempt))).not.toContain('log.txt');
  expect(
    (await readdir(path.join(folder, 'sweep/runs', attempt))).filter((name) => name.endsWith('.tmp')),
  ).toEqual([]);
});

test.each([
  'files/sweep/..%2Fsecret',
  'files/sweep/%2e%2e/secret',
  'files/sweep/runs%2F..%2F..%2Fsecret',
  'files/other/x',
])('%s is nothing that is served', async (place) => {
  const response = await ask(place);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain('none of yours');
});

test('without the token nothing is given', async () => {
  expect((await ask('files/sweep/sweep.json', {}, 'guessed')).status).toBe(401);
  expect((await ask('list/sweep', {}, '')).status).toBe(401);
});
