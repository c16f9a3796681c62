import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { readKeyOf, tokenProtocol } from '../contract/host.ts';

export interface GuardOptions {
  /** What a request must know. */
  token: string;
  /** Names, beside this machine's own, under which the server may be addressed. */
  allowedHosts: readonly string[];
  /** What is asked for by URL alone, and read only. */
  readPaths: readonly string[];
}

export interface GuardedRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Whether a WebSocket is asked for. */
  isUpgrade: boolean;
}

export type Verdict = { kind: 'pass' } | { kind: 'refuse'; status: 401 | 403; sentence: string };

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request may be answered. Its Host must be one of ours (against DNS rebinding: a foreign name that points here), its Origin,
 * where it changes something or opens a socket, our own, and what lies under /api/ wants the token. Nothing is known by a cookie, which a
 * browser would send to every other server on this machine, too. The pages themselves hold no secret: they are this program.
 */
export function checkRequest(
  { method, url, headers, isUpgrade }: GuardedRequest,
  { token, allowedHosts, readPaths }: GuardOptions,
): Verdict {
  const host = headers.host ?? '';
  const name = hostname(host);
  if (name === null || ![...loopback, ...allowedHosts.map((allowed) => allowed.toLowerCase())].includes(name))
    return refuse(
      403,
      `This server may not be addressed as "${host}" (see "distill-studio serve --allow-host").`,
    );

  const isSafe = (method === 'GET' || method === 'HEAD') && !isUpgrade;
  if (!isSafe && headers.origin !== undefined && headers.origin !== `http://${host}`)
    return refuse(403, 'Another page may not use this server.');
  // Not as a base: `//elsewhere` and `http://elsewhere/` would be other machines.
  const { pathname, searchParams } = new URL(`http://localhost${url.startsWith('/') ? url : '/'}`);
  if (!pathname.startsWith('/api/')) {
    const given = searchParams.get('token');
    return given === null || isSame(given, token) ? pass : refuse(401, `This token is wrong. ${howToLogIn}`);
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site')
    return refuse(403, 'Another page may not use this server.');
  const given = bearerOf(headers) ?? (isUpgrade ? protocolOf(headers) : undefined);
  if (given !== undefined) return isSame(given, token) ? pass : refuse(401, howToLogIn);
  const access = isSafe && readPaths.includes(pathname) ? searchParams.get('access') : null;
  return access !== null && isSame(access, readKeyOf(token)) ? pass : refuse(401, howToLogIn);
}

const pass: Verdict = { kind: 'pass' };

const bearerOf = ({ authorization }: IncomingHttpHeaders): string | undefined =>
  /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];

/** The token among a socket's subprotocols; undefined where none of them is one. */
function protocolOf(headers: IncomingHttpHeaders): string | undefined {
  const prefix = tokenProtocol('');
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(prefix))
    ?.slice(prefix.length);
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

/** In a time that does not depend on how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
