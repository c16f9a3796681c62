import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from './confine.ts';
import { contentType } from './content-types.ts';
import { commonHeaders, isKnown } from './responses.ts';

export interface StaticOptions {
  /** The renderer's built files, with index.html. */
  folder: string;
  /** More sources for the policy's connect-src, e.g. the WebSocket's own origin. */
  connect?: (request: Request) => readonly string[];
}

/**
 * The renderer's files. A path without an extension that is no file is one of the app's own addresses and gets index.html; nothing
 * outside the folder is ever read. Never rejects.
 */
export function createStaticHandler({
  folder,
  connect = () => [],
}: StaticOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const headers = pageHeaders(connect(request));
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(405, 'Only GET and HEAD are answered here.', { ...headers, allow: 'GET, HEAD' });
    const file = await find(folder, new URL(request.url).pathname).catch(() => null);
    if (!file) return plain(404, 'There is no such page.', headers);
    const etag = `"${file.size.toString(36)}-${Math.round(file.mtimeMs).toString(36)}"`;
    const caching = {
      etag,
      // The build puts a hash of the content into the names below assets/.
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (isKnown(request, etag))
      return new Response(null, { status: 304, headers: { ...headers, ...caching } });
    try {
      const body = request.method === 'HEAD' ? null : await readFile(file.name);
      return new Response(body, {
        headers: {
          ...headers,
          ...caching,
          'content-type': contentType(file.name),
          'content-length': String(file.size),
        },
      });
    } catch {
      return plain(404, 'There is no such page.', headers);
    }
  };
}

/** The content security policy of the app's pages, and what else keeps other pages away from them. */
export function pageHeaders(connect: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...connect].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    ...commonHeaders,
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

const plain = (status: number, sentence: string, headers: Record<string, string>): Response =>
  new Response(sentence, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });

interface Found {
  name: string;
  size: number;
  mtimeMs: number;
  isHashed: boolean;
}

async function find(folder: string, pathname: string): Promise<Found | null> {
  // What a URL cannot have hidden by itself: %2e, %2f, %5c and %00.
  const decoded = decodeURIComponent(pathname);
  const parts = decoded.split('/').filter((part) => part !== '');
  if (decoded.includes('\0') || decoded.includes('\\') || parts.includes('..')) return null;
  const root = await realpath(folder);
  return (
    (await regularFile(root, parts)) ??
    (path.extname(parts.at(-1) ?? '') === '' ? await regularFile(root, ['index.html']) : null)
  );
}

async function regularFile(root: string, parts: readonly string[]): Promise<Found | null> {
  const name = await realpath(path.join(root, ...parts)).catch(() => null);
  if (name === null || !isInside(root, name)) return null;
  const stats = await stat(name);
  if (!stats.isFile()) return null;
  return { name, size: stats.size, mtimeMs: stats.mtimeMs, isHashed: parts[0] === 'assets' };
}
