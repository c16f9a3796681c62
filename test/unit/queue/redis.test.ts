import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { openRedis } from '../../../electron/engine/queue/redis.ts';
import { freePort, hasRedis, TestRedis } from '../../support/redis.ts';
import { temporaryFolder } from '../run-folder/support.ts';

const servers: (TestRedis | ChildProcess)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0))
    await (server instanceof TestRedis ? server.kill() : Promise.resolve(server.kill('SIGKILL')));
});

test.skipIf(!hasRedis)('a worker waits for a server that is not there yet', async () => {
  const redis = new TestRedis(await freePort(), temporaryFolder());
  servers.push(redis);
  const log: string[] = [];
  const options = { log: (message: string) => void log.push(message) };
  await expect(openRedis(redis.url, options)).rejects.toMatchObject({ code: 'NETWORK' });
  const waited = openRedis(redis.url, { ...options, wait: new AbortController().signal });
  await vi.waitFor(() => expect(log).toHaveLength(1), 60_000);
  expect(log[0]).toBe(`The queue ${redis.url} is not there yet (ECONNREFUSED): waiting for it.`);
  await redis.start();
  const client = await waited;
  expect(await client.ping()).toBe('PONG');
  client.disconnect();
});

test('the wait for a server ends when it is asked to', async () => {
  const end = new AbortController();
  const log = () => end.abort();
  await expect(
    openRedis(`redis://127.0.0.1:${await freePort()}`, { log, wait: end.signal }),
  ).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A server that speaks TLS alone, with a certificate of an authority of its own, and a password. */
async function tlsServer(folder: string): Promise<{ url: (password: string) => string; authority: string }> {
  const at = (name: string) => path.join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-subj',
    '/CN=Ours',
    '-days',
    '2',
  );
  openssl('req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost');
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    ...signed,
    '-out',
    at('server.crt'),
    '-extfile',
    at('names'),
  );
  const port = await freePort();
  const options = {
    port: 0,
    'tls-port': port,
    bind: '127.0.0.1',
    'tls-cert-file': at('server.crt'),
    'tls-key-file': at('server.key'),
    'tls-ca-cert-file': at('ca.crt'),
    'tls-auth-clients': 'no',
    requirepass: 'a b/c',
    save: '',
    dir: folder,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  servers.push(spawn('redis-server', args, { stdio: 'ignore' }));
  return {
    url: (password) => `rediss://:${encodeURIComponent(password)}@localhost:${port}`,
    authority: at('ca.crt'),
  };
}

/** What comes of a connection in a process of its own, which trusts the authority. */
async function opened(url: string, authority: string): Promise<string> {
  const module = path.resolve('electron/engine/queue/redis.ts');
  const code = `import { openRedis } from ${JSON.stringify(module)};
    const wait = AbortSignal.timeout(60_000);
    try { const redis = await openRedis(process.env.QUEUE, { log: () => {}, wait }); console.log(await redis.ping()); redis.disconnect(); }
    catch (error) { console.log(error.code, error.message); }`;
  const env = { ...process.env, QUEUE: url, NODE_EXTRA_CA_CERTS: authority };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env,
  });
  return stdout.trim();
}

test.skipIf(!hasRedis || !hasOpenssl)(
  'rediss:// is TLS, with a password, by an authority that must be known',
  async () => {
    const { url, authority } = await tlsServer(temporaryFolder());
    expect(await opened(url('a b/c'), authority)).toBe('PONG');
    expect(await opened(url('wrong'), authority)).toMatch(
      /^NETWORK The queue rediss:\/\/\S+ cannot be used \(WRONGPASS/,
    );
    const unknown = openRedis(url('a b/c'), { log: () => undefined, wait: new AbortController().signal });
    await expect(unknown).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.not.stringContaining('a%20b') as string,
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    });
  },
);
