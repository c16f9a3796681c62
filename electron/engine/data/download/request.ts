import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { DistillError } from '../../../contract/errors.ts';
import { portOf, proxyAuthorization, proxyFor } from './proxy.ts';

/** As many as browsers follow. */
const mostRedirects = 20;
const redirects = new Set([301, 302, 303, 307, 308]);

export interface RequestOptions {
  headers: OutgoingHttpHeaders;
  signal: AbortSignal;
  /** Whether the server may send the download on to this address. From https to http it never may. */
  mayFollow: (url: URL) => boolean;
}

const requestTo = ({ protocol }: URL): typeof http.request =>
  protocol === 'https:' ? https.request : http.request;

/** Without the brackets of IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** Where a proxy listens; its user and password are for the proxy alone, and would become the target's from its whole address. */
const listening = (proxy: URL) => ({ host: hostOf(proxy), port: portOf(proxy), agent: false }) as const;

/** An address for people: a password or a signature in it is nobody's business. */
export const shownUrl = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/**
 * One GET through the proxy that the environment names, with redirects followed: the answer, its body not yet read. Node's fetch knows
 * proxies only from Node 24 on, and only where the environment was set up before it started. Throws DistillError NETWORK for a
 * redirect that is not followed and a proxy that refuses, INVALID_INPUT as proxyFor does, and Node's errors for everything else.
 */
export async function request(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  let at = url;
  for (let count = 0; count <= mostRedirects; count++) {
    const response = await send(at, options);
    const { location } = response.headers;
    if (!redirects.has(response.statusCode!) || location === undefined) return response;
    response.destroy();
    at = redirected(at, location, options);
  }
  throw new DistillError(
    'NETWORK',
    `${shownUrl(url)} leads from one address to the next without an end.`,
    'Try again later.',
    { retryable: true },
  );
}

function redirected(from: URL, location: string, { mayFollow }: RequestOptions): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  const isWeb = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to !== null && isWeb && mayFollow(to)) return to;
  throw new DistillError(
    'NETWORK',
    `${shownUrl(from)} leads to ${isWeb ? shownUrl(to) : location}, from where nothing is downloaded.`,
    "A network's login page may be in the way: open the address in a browser, then try again.",
    { retryable: true },
  );
}

async function send(url: URL, { headers, signal }: RequestOptions): Promise<IncomingMessage> {
  const proxy = proxyFor(url);
  if (proxy === null) return answerOf(requestTo(url)(url, { headers, signal, agent: false }));
  if (url.protocol === 'http:') {
    const throughProxy = { ...headers, host: url.host, ...proxyAuthorization(proxy) };
    const response = await answerOf(
      requestTo(proxy)({ ...listening(proxy), path: url.href, headers: throughProxy, signal }),
    );
    if (response.statusCode === 407) throw refused(proxy, response);
    return response;
  }
  const socket = await tunnel(proxy, url, signal);
  const host = hostOf(url);
  const createConnection = () => tls.connect({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
  return answerOf(https.request(url, { headers, signal, createConnection }));
}

/** A connection through a proxy, by CONNECT (RFC 9110, 9.3.6). */
function tunnel(proxy: URL, to: URL, signal: AbortSignal): Promise<Duplex> {
  const authority = `${to.hostname}:${portOf(to)}`;
  const asked = requestTo(proxy)({
    ...listening(proxy),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    signal,
  });
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(refused(proxy, response));
      }
    });
    asked.end();
  });
}

function answerOf(asked: http.ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
    asked.end();
  });
}

const refused = (proxy: URL, { statusCode, statusMessage }: IncomingMessage): DistillError =>
  new DistillError(
    'NETWORK',
    `The proxy ${proxy.host} answered ${statusCode} ${statusMessage}.`,
    statusCode === 407
      ? 'Put its user name and password into the variable: http://user:password@host:port.'
      : 'Check HTTPS_PROXY, or name the host in NO_PROXY.',
    { retryable: true },
  );
