import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  readKeyOf,
  socketProtocol,
  tokenProtocol,
  type HostEvent,
  type HostInfo,
} from '../../electron/contract/host.ts';
import type { RunEvent } from '../../electron/contract/events.ts';
import { runTopic } from '../../electron/contract/services.ts';
import { drawSample } from '../../electron/engine/data/sample/draw.ts';
import { connect, type Connection } from '../../electron/rpc/connect.ts';
import { webSocketTransport } from '../../electron/rpc/web-socket.ts';
import type { EngineProcess } from '../../electron/host/supervisor.ts';
import { memoryTransports } from '../../electron/rpc/memory.ts';
import { startServer, type RunningServer } from '../../electron/server/index.ts';
import { drawnClasses, smallRecipe, smallRuntime } from '../support/small-run.ts';

let folder: string;
let home: string;
let data: string;
let renderer: string;
let server: RunningServer;
let origin: string;
let authorization: string;
const log = vi.fn();

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Not fetch, which does not let a Host be told. */
function ask(address: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${address}`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const asUser = (address: string, { headers = {}, ...asked }: Asked = {}) =>
  ask(address, { ...asked, headers: { authorization, origin, ...headers } });

async function openClient(): Promise<Connection> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/engine`, {
    headers: { authorization, origin },
  });
  const transport = webSocketTransport(socket);
  await once(socket, 'open');
  return connect(transport);
}

/** Whether somebody listens there. */
function isReached(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'distill-serve-')));
  home = path.join(folder, 'home');
  renderer = path.join(folder, 'renderer');
  data = path.join(folder, 'sample');
  await drawSample(data, { seed: 3, tracksPerClass: 3, testPerClass: 6, classes: drawnClasses });
  await mkdir(renderer);
  await mkdir(path.join(folder, 'offered', 'signs'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await writeFile(path.join(renderer, 'index.html'), '<!doctype html><title>pages</title>');
  server = await startServer({
    renderer,
    version: '1.2.3',
    port: 0,
    roots: [path.join(folder, 'offered')],
    // Other test files at work must not come before its workers.
    env: { ...process.env, DISTILL_HOME: home, DISTILL_NICE: '0' },
    log,
  });
  origin = `http://127.0.0.1:${server.port}`;
  authorization = `Bearer ${server.token}`;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('who may use it', () => {
  it('lets in who opens the printed address, and sets no cookie, which every port of this machine would be sent', async () => {
    const page = await ask(`/?token=${server.token}`);
    expect([page.status, page.headers['set-cookie']]).toEqual([200, undefined]);
    // At least 128 bits of it.
    expect(Buffer.from(server.token, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(page.body).toContain('<title>pages</title>');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${server.port};`,
    );
  });

  it('refuses a wrong token, Host and Origin, for calls and sockets', async () => {
    expect((await ask('/?token=wrong')).status).toBe(401);
    for (const address of [
      '/api/host',
      '/api/files?path=/',
      '/api/file?path=/etc/passwd',
      '/api/host-events',
    ])
      expect((await ask(address)).status).toBe(401);
    expect((await ask('/api/host')).body).toMatch(/^Open the address that "distill-studio serve" printed/);
    expect((await asUser('/', { headers: { host: 'evil.example' } })).status).toBe(403);
    const upload = '/api/upload?name=x.txt&batch=evil';
    expect(
      (await asUser(upload, { method: 'POST', headers: { origin: 'http://evil.example' } })).status,
    ).toBe(403);
    expect((await ask(upload, { method: 'POST', headers: { origin } })).status).toBe(401);
    expect((await ask('//evil.example/%')).status).toBe(404);

    const refused = async (headers: Record<string, string>, address = '/api/engine') => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${address}`, { headers });
      const [error] = (await once(socket, 'error')) as [Error];
      return error.message;
    };
    expect(await refused({ origin })).toContain('401');
    expect(await refused({ authorization, origin: 'http://evil.example' })).toContain('403');
    expect(await refused({ authorization, origin, host: 'evil.example' })).toContain('403');
    expect(await refused({ authorization, origin }, '/api/else')).toContain('404');
  });

  it('goes on after a message that nobody can pass on, and answers the next one', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/engine`, [
      socketProtocol,
      tokenProtocol(server.token),
    ]);
    await once(socket, 'open');
    expect(socket.protocol).toBe(socketProtocol);
    const input = '['.repeat(20_000) + ']'.repeat(20_000);
    socket.send(`{"kind":"call","id":1,"service":"system","method":"doctor","input":${input}}`);
    expect((await once(socket, 'close'))[0]).toBe(1009);
    const client = await openClient();
    await expect(client.system.settings({})).resolves.toMatchObject({ theme: 'system' });
    client.close();
  });

  it('survives who asks for a socket, is refused, and breaks off', async () => {
    const uncaught = vi.fn();
    process.on('uncaughtException', uncaught);
    try {
      for (let attempt = 0; attempt < 20; attempt++) {
        const socket = createConnection(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        const lines = ['GET /api/engine HTTP/1.1', `Host: 127.0.0.1:${server.port}`];
        const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', '', ''];
        socket.write([...lines, ...upgrade].join('\r\n'), () => socket.resetAndDestroy());
        await once(socket, 'close');
      }
      expect((await asUser('/')).status).toBe(200);
      expect(uncaught).not.toHaveBeenCalled();
    } finally {
      process.off('uncaughtException', uncaught);
    }
  });

  it('listens on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    // All of 127.0.0.0/8 leads here on Linux.
    if (process.platform === 'linux') others.push('127.0.0.2');
    const reached = await Promise.all(others.map((host) => isReached(host, server.port)));
    expect(reached).toEqual(others.map(() => false));
    expect(await isReached('127.0.0.1', server.port)).toBe(true);
  });

  it('serves programs that send the token as a bearer', async () => {
    const headers = { authorization: `Bearer ${server.token}` };
    const info = JSON.parse((await ask('/api/host', { headers })).body) as HostInfo;
    expect(info).toMatchObject({ kind: 'browser', version: '1.2.3', platform: process.platform });
    expect(info.roots).toContain(path.join(folder, 'offered'));
  });
});

describe('files', () => {
  it('lists nothing outside the roots', async () => {
    const roots = JSON.parse((await asUser('/api/files?path=')).body) as { entries: { path: string }[] };
    expect(roots.entries.map((entry) => entry.path)).toEqual([path.join(folder, 'offered')]);
    const offered = await asUser(`/api/files?path=${encodeURIComponent(path.join(folder, 'offered'))}`);
    expect(JSON.parse(offered.body)).toMatchObject({
      parent: null,
      entries: [{ name: 'signs', kind: 'folder' }],
    });
    for (const elsewhere of [folder, path.join(folder, 'offered', '..'), '/', 'offered']) {
      const { status, body } = await asUser(`/api/files?path=${encodeURIComponent(elsewhere)}`);
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([403, 'NOT_WRITABLE']);
    }
  });

  it('stores an upload, which can then be read, and nothing outside its folder', async () => {
    const text = 'pixels'.repeat(100_000);
    const { status, body } = await asUser('/api/upload?name=signs%2F1.txt&batch=b1', {
      method: 'POST',
      body: text,
    });
    expect(status).toBe(201);
    const file = path.join(home, 'data', 'uploads', 'b1', 'signs', '1.txt');
    expect(JSON.parse(body)).toMatchObject({ path: file, bytes: text.length });
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await asUser(`/api/file?path=${encodeURIComponent(file)}`)).body).toBe(text);
    expect(
      (await asUser(`/api/file?path=${encodeURIComponent(path.join(folder, 'secret.txt'))}`)).status,
    ).toBe(403);
    // The answer comes although the body was not wanted.
    const escape = await asUser('/api/upload?name=..%2F..%2Fx&batch=b1', { method: 'POST', body: text });
    expect([escape.status, (JSON.parse(escape.body) as { code: string }).code]).toEqual([
      400,
      'INVALID_INPUT',
    ]);
  });

  it('hands out what was exported elsewhere, and its neighbours not', async () => {
    const elsewhere = path.join(folder, 'taken home');
    const client = await openClient();
    const { file } = await client.system.diagnostics({ folder: elsewhere });
    await writeFile(path.join(elsewhere, 'diary.txt'), 'secret');
    client.close();
    const query = (name: string) => new URLSearchParams({ path: name, download: '1' }).toString();
    const { status, headers } = await asUser(`/api/file?${query(file)}`);
    expect([status, headers['content-disposition']]).toEqual([
      200,
      expect.stringContaining(`attachment; filename="${path.basename(file)}"`),
    ]);
    expect((await asUser(`/api/file?${query(path.join(elsewhere, 'diary.txt'))}`)).status).toBe(403);
    const zip = await asUser(`/api/archive?${new URLSearchParams({ name: 'all.zip', file }).toString()}`);
    expect([zip.status, zip.body.slice(0, 2)]).toEqual([200, 'PK']);
    // What may be read is not offered for choosing.
    const roots = JSON.parse((await asUser('/api/files?path=')).body) as { entries: { path: string }[] };
    expect(roots.entries.map((entry) => entry.path)).not.toContain(file);
  });

  it('keeps nothing of an upload that is cut off', async () => {
    const cut = request(`${origin}/api/upload?name=cut.zip&batch=b2`, {
      method: 'POST',
      headers: { authorization, origin, 'content-length': '1000000' },
    });
    cut.on('error', () => undefined);
    cut.write(Buffer.alloc(100_000));
    const batch = path.join(home, 'data', 'uploads', 'b2');
    await vi.waitFor(async () => expect(await readdir(batch)).toHaveLength(1), 5000);
    cut.destroy();
    await vi.waitFor(async () => expect(await readdir(batch)).toEqual([]), 5000);
  });
});

/** Server-sent events as they come. */
async function hostEvents(): Promise<{ seen: HostEvent[]; end: () => void }> {
  const seen: HostEvent[] = [];
  const asked = request(`${origin}/api/host-events?access=${readKeyOf(server.token)}`);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let rest = '';
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts)
      if (part.startsWith('data: ')) seen.push(JSON.parse(part.slice(6)) as HostEvent);
  });
  return { seen, end: () => asked.destroy() };
}

describe('the engine', () => {
  it('killed in the middle of a run: that is reported, it starts again, and the run is found interrupted', async () => {
    const out = path.join(folder, 'runs');
    const events = await hostEvents();
    await vi.waitFor(() => expect(events.seen.at(-1)).toEqual({ engine: 'up', error: null }), 60_000);
    const client = await openClient();
    const { folder: run } = await client.runs.start({
      recipe: smallRecipe(),
      data,
      out,
      runtime: smallRuntime,
    });
    const stepped = new Promise<void>((resolve) => {
      client.subscribe(runTopic(run), (event: RunEvent) => {
        if (event.type === 'step') resolve();
      });
    });
    const ended = client.runs.wait({ folder: run }).catch((error: unknown) => error);
    await stepped;
    process.kill(server.supervisor.process!.pid!, 'SIGKILL');
    expect(await ended).toMatchObject({ code: 'ENGINE_GONE' });
    await vi.waitFor(
      () => expect(events.seen.map(({ engine }) => engine).slice(-2)).toEqual(['restarting', 'up']),
      60_000,
    );
    expect(events.seen.at(-2)!.error).toMatchObject({ code: 'ENGINE_GONE' });
    events.end();

    const again = await openClient();
    // Its worker ends after the step and saves; where the new engine was asked before, that is reported.
    const reported: RunEvent[] = [];
    again.subscribe(runTopic(run), (event) => reported.push(event));
    const { state: first } = (await again.runs.details({ folder: run })).summary;
    await vi.waitFor(async () => {
      const [listed] = await again.runs.list({ out });
      expect(listed).toMatchObject({ folder: run, state: 'interrupted', error: { code: 'ENGINE_GONE' } });
    }, 60_000);
    if (first !== 'interrupted')
      await vi.waitFor(
        () => expect(reported).toContainEqual(expect.objectContaining({ type: 'state' })),
        5000,
      );
    expect(existsSync(path.join(run, 'run.lock'))).toBe(false);
    again.close();
  });

  it("a worker's death takes its run along, and nothing else; the run can be resumed", async () => {
    const out = path.join(folder, 'killed');
    const client = await openClient();
    const { pid } = server.supervisor.process!;
    const { folder: run } = await client.runs.start({
      recipe: smallRecipe(),
      data,
      out,
      runtime: smallRuntime,
    });
    const events: RunEvent[] = [];
    client.subscribe(runTopic(run), (event) => events.push(event));
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'step')).toBe(true), 60_000);
    const lock = JSON.parse(await readFile(path.join(run, 'run.lock'), 'utf8')) as { pid: number };
    expect(lock.pid).not.toBe(pid);
    process.kill(lock.pid, 'SIGKILL');
    const error = {
      code: 'WORKER_GONE',
      message: 'The process that worked on this ended unexpectedly (signal SIGKILL).',
    };
    expect(await client.runs.wait({ folder: run })).toMatchObject({ state: 'interrupted', error });
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'interrupted', error });
    expect(server.supervisor.process!.pid).toBe(pid);
    await client.runs.resume({ folder: run });
    await vi.waitFor(async () => {
      expect((await client.runs.details({ folder: run })).summary.state).toBe('running');
    }, 60_000);
    await client.runs.stop({ folder: run });
    expect(await client.runs.wait({ folder: run })).toMatchObject({ state: 'cancelled' });
    client.close();
  });

  it('is started again only where it failed for good', async () => {
    const { pid } = server.supervisor.process!;
    const { body } = await asUser('/api/restart-engine', { method: 'POST' });
    expect(JSON.parse(body)).toEqual({ state: 'up', error: null });
    expect(server.supervisor.process!.pid).toBe(pid);
  });
});

/** A process of the engine that never says a word. */
function silentEngine(): EngineProcess {
  let exited: (code: number | null, reason: string) => void = () => undefined;
  return {
    pid: undefined,
    open: () => memoryTransports()[0],
    onExit: (listener) => (exited = listener),
    shutdown: () => exited(0, 'exit code 0'),
    kill: () => exited(null, 'signal SIGKILL'),
  };
}

describe('the page, while the engine hangs before it is loaded', () => {
  const isBuilt = existsSync(path.resolve('dist/renderer/index.html'));
  let silent: RunningServer;
  afterAll(() => silent.close());

  it.skipIf(!isBuilt)(
    `is answered at once, with all that it loads${isBuilt ? '' : ' (skipped: npm run build first)'}`,
    async () => {
      silent = await startServer({
        renderer: path.resolve('dist/renderer'),
        version: '1.2.3',
        port: 0,
        fork: silentEngine,
        log,
      });
      const headers = { authorization: `Bearer ${silent.token}` };
      const get = (address: string) => fetch(`http://127.0.0.1:${silent.port}${address}`, { headers });
      for (const address of ['/', '/new/data', '/run?folder=x']) {
        const page = await get(address);
        expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('id="app"')]);
      }
      const page = await (await get('/')).text();
      const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, asset]) => asset!);
      expect(assets.length).toBeGreaterThan(1);
      for (const asset of assets) {
        const { status, body } = await get(asset);
        expect([asset, status]).toEqual([asset, 200]);
        await body?.cancel();
      }
      // Nobody has given such an engine up meanwhile.
      expect(silent.supervisor.status.state).toBe('starting');
      const events = await get('/api/host-events');
      const reader = (events.body as ReadableStream<Uint8Array>).getReader();
      const { value } = await reader.read();
      expect(Buffer.from(value!).toString()).toBe('data: {"engine":"starting","error":null}\n\n');
    },
  );
});

describe('distill-studio serve', () => {
  const main = path.resolve(import.meta.dirname, '../../electron/cli/main.ts');
  const serve = (...args: string[]) =>
    spawn(process.execPath, [main, 'serve', '--json', '--port', '0', '--renderer', renderer, ...args], {
      cwd: folder,
      env: { ...process.env, DISTILL_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  async function urlOf(child: ReturnType<typeof serve>): Promise<URL> {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new URL((JSON.parse(line) as { value: { url: string } }).value.url);
  }

  /** A run at work behind a server, some steps on its way, and one that waits for it. */
  async function runningBehind(url: URL, out: string): Promise<{ folder: string; others: string }> {
    const authorization = `Bearer ${url.searchParams.get('token')!}`;
    const socket = new WebSocket(`ws://${url.host}/api/engine`, { headers: { authorization } });
    const client = connect(webSocketTransport(socket));
    const { student } = smallRecipe();
    const training = { batchSize: 8, stages: [{ epochs: 4, learningRate: 0.003 }] };
    const teacher = { source: 'train', model: student.model, training } as const;
    const recipe = smallRecipe({ teacher, baseline: false, evaluation: {} });
    const { folder: run } = await client.runs.start({ recipe, data, out, runtime: smallRuntime });
    const { folder: others } = await client.runs.start({ recipe, data, out, runtime: smallRuntime });
    await new Promise<void>((resolve) => {
      client.subscribe(runTopic(run), (event: RunEvent) => {
        if (event.type === 'step' && event.step >= 3) resolve();
      });
    });
    expect((await client.runs.active({})).map(({ folder: one }) => one)).toEqual([run, others]);
    client.close();
    return { folder: run, others };
  }

  it('begins with a recipe that it is given, in the wizard', async () => {
    const child = serve('my recipe.distill');
    const url = await urlOf(child);
    expect([url.pathname, url.searchParams.get('open')]).toEqual([
      '/new',
      path.join(folder, 'my recipe.distill'),
    ]);
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('prints one line with its address, and ends in order on Ctrl-C', async () => {
    const child = serve();
    const url = await urlOf(child);
    expect(url.hostname).toBe('127.0.0.1');
    const page = await fetch(new URL('/', url), {
      headers: { authorization: `Bearer ${url.searchParams.get('token')}` },
    });
    expect(await page.text()).toContain('<title>pages</title>');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ended in the middle of a run, it has paused it: no step is lost', async () => {
    const out = path.join(folder, 'ended');
    const child = serve();
    const url = await urlOf(child);
    const { folder: run, others } = await runningBehind(url, out);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);

    const client = await openClient();
    for (const each of [run, others]) {
      const { summary } = await client.runs.details({ folder: each });
      expect(summary).toMatchObject({ state: 'interrupted', error: { code: 'CANCELLED' } });
      expect(summary.error!.message).toMatch(/^Paused\. /);
    }
    // Step by step as the one that waited, which is made at one go: equal to the last bit.
    await client.runs.resume({ folder: run });
    await client.runs.resume({ folder: others });
    for (const each of [run, others])
      expect((await client.runs.wait({ folder: each })).state).toBe('completed');
    const [resumed, whole] = await Promise.all(
      [run, others].map((each) => readFile(path.join(each, 'weights', 'student.safetensors'))),
    );
    expect(resumed!.equals(whole!)).toBe(true);
    client.close();
  });

  it.skipIf(process.platform !== 'linux')('leaves no engine behind when it is killed', async () => {
    const child = serve();
    await urlOf(child);
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    const engines = children.trim().split(' ').map(Number);
    expect(engines).toHaveLength(1);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(engines[0]!, 0)).toThrow(), 60_000);
  });
});
