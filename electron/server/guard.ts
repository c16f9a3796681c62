import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GuardOptions {
  /** What a request must know. */
  token: string;
  /** The cookie that carries it; of each port its own, for cookies know no ports. */
  cookie: string;
  /** Names, beside this machine's own, under which the server may be addressed. */
  allowedHosts: readonly string[];
}

export interface GuardedRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Whether a WebSocket is asked for. */
  isUpgrade: boolean;
}

export type Verdict =
  | { kind: 'pass' }
  /** The first visit: the cookie is to be set, and the token to vanish from the address. */
  | { kind: 'login'; location: string; setCookie: string }
  | { kind: 'refuse'; status: 401 | 403; sentence: string };

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request may be answered. Its Host must be one of ours (against DNS rebinding: a foreign name that points here), its Origin,
 * where it changes something or opens a socket, our own (against other pages in the same browser), and it must know the token.
 */
export function judgeRequest(
  { method, url, headers, isUpgrade }: GuardedRequest,
  { token, cookie, allowedHosts }: GuardOptions,
): Verdict {
  const host = headers.host ?? '';
  const name = hostname(host);
  if (name === null || ![...loopback, ...allowedHosts.map((allowed) => allowed.toLowerCase())].includes(name))
    return refuse(
      403,
      `This server is not to be addressed as "${host}" (see "distill-studio serve --allow-host").`,
    );

  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  const isSafe = (method === 'GET' || method === 'HEAD') && !isUpgrade;
  if (headers.origin === undefined) {
    // Browsers always send it here; other programs have no cookie to be misused.
    if (!isSafe && bearer === undefined)
      return refuse(403, 'A request that changes something needs an Origin.');
  } else if (headers.origin !== `http://${host}` && !isSafe) {
    return refuse(403, 'Another page may not use this server.');
  }
  // Not as a base: `//elsewhere` and `http://elsewhere/` would be other machines.
  const { pathname, searchParams } = new URL(`http://localhost${url.startsWith('/') ? url : '/'}`);
  const site = headers['sec-fetch-site'];
  if (pathname.startsWith('/api/') && (site === 'cross-site' || site === 'same-site'))
    return refuse(403, 'Another page may not use this server.');

  const given = searchParams.get('token');
  if (given !== null && method === 'GET' && !isUpgrade && !pathname.startsWith('/api/')) {
    if (!isSame(given, token)) return refuse(401, 'This token is wrong. ' + howToLogIn);
    searchParams.delete('token');
    const query = searchParams.toString();
    // Never `//elsewhere`, which would be an address on another machine.
    const location = pathname.replace(/^\/+/, '/') + (query && `?${query}`);
    return { kind: 'login', location, setCookie: `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict` };
  }
  const known = bearer ?? cookieOf(headers.cookie ?? '', cookie);
  return known !== undefined && isSame(known, token) ? { kind: 'pass' } : refuse(401, howToLogIn);
}

const howToLogIn = 'Open the address that "distill-studio serve" printed, with its token.';

const refuse = (status: 401 | 403, sentence: string): Verdict => ({ kind: 'refuse', status, sentence });

/** The name in a Host header, lower case, without the port; null where it is none. */
function hostname(host: string): string | null {
  if (!/^[\w.:[\]-]+$/.test(host)) return null;
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}

const cookieOf = (header: string, name: string): string | undefined =>
  header
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];

/** In a time that does not depend on how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
