import { expect, it } from 'vitest';
import { readKeyOf, tokenProtocol } from '../../../electron/contract/host.ts';
import { checkRequest, type GuardedRequest } from '../../../electron/server/guard.ts';

const token = 'abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, 43);
const readPaths = ['/api/image', '/api/file'];
const options = { token, allowedHosts: ['Gpu.example'], readPaths };
const authorization = `Bearer ${token}`;
const access = readKeyOf(token);
const host = '127.0.0.1:4173';
const origin = `http://${host}`;

const check = (request: Partial<GuardedRequest>) =>
  checkRequest(
    { method: 'GET', url: '/', isUpgrade: false, ...request, headers: { host, ...request.headers } },
    options,
  );
const verdict = (request: Partial<GuardedRequest>) => {
  const verdict = check(request);
  return verdict.kind === 'refuse' ? verdict.status : verdict.kind;
};

it.each([
  ['127.0.0.1:4173', 'pass'],
  ['localhost:4173', 'pass'],
  ['LOCALHOST:9999', 'pass'],
  ['[::1]:4173', 'pass'],
  ['gpu.example', 'pass'],
  ['', 403],
  ['evil.example:4173', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example:4173', 403],
  ['evil.example/127.0.0.1', 403],
  ['user@127.0.0.1:4173', 403],
  ['127.0.0.1:4173, evil.example', 403],
  ['[::2]:4173', 403],
])('addressed as "%s": %s', (name, expected) => {
  for (const url of ['/', '/api/host'])
    expect(verdict({ url, headers: { host: name, authorization } })).toBe(expected);
});

it.each([
  ['nothing', {}, 401],
  ['the token as bearer', { authorization }, 'pass'],
  ['a wrong bearer', { authorization: 'Bearer x' }, 401],
  ['a part of it', { authorization: `Bearer ${token.slice(1)}` }, 401],
  ['its end alone, which reads files', { authorization: `Bearer ${access}` }, 401],
  ['basic authorisation', { authorization: `Basic ${token}` }, 401],
  [
    'the token in any cookie',
    { cookie: `distill-4173=${token}; token=${token}; Authorization=${token}` },
    401,
  ],
  ['the token as subprotocol without a socket', { 'sec-websocket-protocol': tokenProtocol(token) }, 401],
])('knowing %s: %s', (_what, headers, expected) => {
  for (const url of ['/api/host', '/api/file', '/api/host?token=' + token])
    expect(verdict({ url, headers })).toBe(expected);
});

it('shows its pages, which hold no secret, but to nobody who comes with a wrong token', () => {
  for (const url of ['/', '/library', '/assets/index.js', `/?token=${token}`, `/new?open=a&token=${token}`])
    expect(verdict({ url })).toBe('pass');
  for (const url of [`/?token=${token}x`, '/?token=', `/?token=${token.toUpperCase()}`, `/?token=${access}`])
    expect(verdict({ url, headers: { authorization } })).toBe(401);
});

it('reads images and files by the end of the token in the address, and does nothing else by it', () => {
  for (const url of [`/api/image?key=a&access=${access}`, `/api/file?access=${access}`]) {
    expect(verdict({ url })).toBe('pass');
    expect(verdict({ url, method: 'HEAD' })).toBe('pass');
    expect(verdict({ url, method: 'POST', headers: { origin } })).toBe(401);
    expect(verdict({ url, isUpgrade: true, headers: { origin } })).toBe(401);
    expect(verdict({ url, headers: { authorization: 'Bearer x' } })).toBe(401);
  }
  for (const path of ['/api/host', '/api/files', '/api/upload', '/api/engine', '/api/image/x', '/api/'])
    expect(verdict({ url: `${path}?access=${access}` })).toBe(401);
  for (const wrong of ['', access.slice(1), token, token.slice(0, 22)])
    expect(verdict({ url: `/api/file?access=${wrong}` })).toBe(401);
  // What the address of a report gives away leaves the rest to be guessed.
  expect(Buffer.from(token.slice(0, -access.length), 'base64url').length).toBeGreaterThanOrEqual(15);
});

it('takes the token of a socket among its subprotocols', () => {
  const of = (protocols: string) =>
    verdict({
      url: '/api/engine',
      isUpgrade: true,
      headers: { origin, 'sec-websocket-protocol': protocols },
    });
  expect(of(`distill, ${tokenProtocol(token)}`)).toBe('pass');
  for (const protocols of ['', 'distill', `distill, ${tokenProtocol('')}`, tokenProtocol(`${token}x`), token])
    expect(of(protocols)).toBe(401);
});

it.each([
  ['POST', false],
  ['DELETE', false],
  ['GET', true],
] as const)('%s (WebSocket: %s) is refused to other pages', (method, isUpgrade) => {
  const of = (headers: Record<string, string>) =>
    verdict({ method, isUpgrade, url: '/api/engine', headers: { authorization, ...headers } });
  expect(of({ origin })).toBe('pass');
  // Another program, which no page can make ask.
  expect(of({})).toBe('pass');
  for (const other of [
    'null',
    'http://127.0.0.1:3000',
    'https://127.0.0.1:4173',
    'http://localhost:4173',
    'http://evil.example',
  ])
    expect(of({ origin: other })).toBe(403);
});

it('keeps pages of other ports from reading, as far as the browser names them', () => {
  const of = (site: string, url: string) =>
    verdict({ url, headers: { authorization, 'sec-fetch-site': site } });
  expect(['same-origin', 'none'].map((site) => of(site, '/api/file'))).toEqual(['pass', 'pass']);
  expect(['same-site', 'cross-site'].map((site) => of(site, '/api/file'))).toEqual([403, 403]);
  expect(of('cross-site', '/')).toBe('pass');
});
