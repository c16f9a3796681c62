import { expect, it } from 'vitest';
import { judgeRequest, type GuardedRequest } from '../../../electron/server/guard.ts';

const token = 'a'.repeat(43);
const options = { token, cookie: 'distill-4173', allowedHosts: ['Gpu.example'] };
const cookie = `other=1; distill-4173=${token}`;
const host = '127.0.0.1:4173';
const origin = `http://${host}`;

const judge = (request: Partial<GuardedRequest>) =>
  judgeRequest(
    { method: 'GET', url: '/', isUpgrade: false, ...request, headers: { host, ...request.headers } },
    options,
  );
const verdict = (request: Partial<GuardedRequest>) => {
  const judged = judge(request);
  return judged.kind === 'refuse' ? judged.status : judged.kind;
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
  expect(verdict({ headers: { host: name, cookie } })).toBe(expected);
});

it.each([
  ['nothing', {}, 401],
  ['the cookie', { cookie }, 'pass'],
  ['a wrong cookie', { cookie: `distill-4173=${'b'.repeat(43)}` }, 401],
  ['a part of it', { cookie: `distill-4173=${token.slice(1)}` }, 401],
  ['the cookie of another port', { cookie: `distill-4174=${token}` }, 401],
  ['an empty cookie', { cookie: 'distill-4173=' }, 401],
  ['the token as bearer', { authorization: `Bearer ${token}` }, 'pass'],
  ['a wrong bearer beside a right cookie', { authorization: 'Bearer x', cookie }, 401],
  ['basic authorisation', { authorization: `Basic ${token}` }, 401],
])('knowing %s: %s', (_what, headers, expected) => {
  for (const url of ['/', '/api/host', '/assets/index.js']) expect(verdict({ url, headers })).toBe(expected);
});

it('takes the token out of the address of the first visit, and keeps it in a cookie that scripts cannot read', () => {
  expect(judge({ url: `/?token=${token}` })).toEqual({
    kind: 'login',
    location: '/',
    setCookie: `distill-4173=${token}; Path=/; HttpOnly; SameSite=Strict`,
  });
  expect(judge({ url: `/runs/1?token=${token}&tab=log` })).toMatchObject({ location: '/runs/1?tab=log' });
  expect(judge({ url: `//evil.example/?token=${token}` })).toMatchObject({ location: '/evil.example/' });
});

it.each([`/?token=${token}x`, '/?token=', `/?token=${token.toUpperCase()}`, `/api/host?token=${token}`])(
  'does not let in %s',
  (url) => {
    expect(verdict({ url })).toBe(401);
  },
);

it('refuses a wrong token even beside a right cookie', () => {
  expect(verdict({ url: '/?token=x', headers: { cookie } })).toBe(401);
});

it.each([
  ['POST', false],
  ['DELETE', false],
  ['GET', true],
] as const)('%s (WebSocket: %s) needs our own Origin', (method, isUpgrade) => {
  const of = (headers: Record<string, string>) => verdict({ method, isUpgrade, url: '/api/engine', headers });
  expect(of({ cookie, origin })).toBe('pass');
  expect(of({ cookie })).toBe(403);
  expect(of({ authorization: `Bearer ${token}` })).toBe('pass');
  for (const other of [
    'null',
    'http://127.0.0.1:3000',
    'https://127.0.0.1:4173',
    'http://localhost:4173',
    'http://evil.example',
  ])
    expect(of({ cookie, origin: other })).toBe(403);
});

it('keeps pages of other ports from reading, as far as the browser tells of them', () => {
  const of = (site: string, url: string) => verdict({ url, headers: { cookie, 'sec-fetch-site': site } });
  expect(['same-origin', 'none'].map((site) => of(site, '/api/file'))).toEqual(['pass', 'pass']);
  expect(['same-site', 'cross-site'].map((site) => of(site, '/api/file'))).toEqual([403, 403]);
  expect(of('cross-site', '/')).toBe('pass');
});
