import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import { fileError, makeFolders, renameOver } from '../../platform/files.ts';
import { digestHeader, ServedFiles } from './served-files.ts';

/**
 * What workers fetch and send, where they see no folder in common:
 *
 *   GET /list/<area>/<place>    files below a place: name, bytes, sha256
 *   GET /files/<area>/<place>   a file, or a range of its bytes
 *   PUT /files/sweep/<place>    a whole file, with Content-Digest (RFC 9530) and Attempt
 *   DELETE /files/sweep/<place>
 *
 * An area is the sweep's folder (sweep) or a dataset (data-<fingerprint>). Each request brings the token; what writes also names its
 * attempt, writes into that attempt's folder or adds stored logits, and is refused once the attempt is not the current one.
 */
export interface FileServer {
  /** What a worker needs to know. */
  readonly access: { url: string; token: string };
  /** Makes a folder, or a file, one of the areas. */
  serve(area: string, root: string): void;
  close(): Promise<void>;
}

export interface FileServerOptions {
  /** http://host:port, as workers reach it. */
  address: string;
  /** Whether an attempt may write. */
  isCurrent: (attempt: string) => boolean;
}

/** The area of a dataset. */
export const dataArea = (fingerprint: string): string => `data-${fingerprint}`;
export const sweepArea = 'sweep';

/** Files of a run's folder that its worker does not write. */
const ownFiles = new Set(['run.lock', 'recipe.json']);

/** Throws INVALID_INPUT where the port is taken or not to be had. */
export async function startFileServer(options: FileServerOptions): Promise<FileServer> {
  const token = randomBytes(32).toString('base64url');
  const areas = new Map<string, ServedFiles>();
  const server = createServer((request, response) => {
    answer(request, response, { areas, token, isCurrent: options.isCurrent }).catch((thrown: unknown) => {
      const { status, message } = refusalOf(thrown);
      if (response.headersSent) response.destroy();
      else response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(message);
    });
  });
  await listen(server, new URL(options.address));
  return {
    access: { url: options.address, token },
    serve(area, root) {
      if (!areas.has(area)) areas.set(area, new ServedFiles(root));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Serving extends Pick<FileServerOptions, 'isCurrent'> {
  areas: ReadonlyMap<string, ServedFiles>;
  token: string;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function refusalOf(thrown: unknown): { status: number; message: string } {
  if (thrown instanceof Refusal) return thrown;
  const { code, message } = toErrorValue(thrown);
  const status = { NOT_FOUND: 404, DISK_FULL: 507 }[code as string] ?? 500;
  return { status, message };
}

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  if (!isSame(request.headers.authorization ?? '', `Bearer ${serving.token}`))
    throw new Refusal(401, 'The token is wrong.');
  const [kind, area, ...parts] = new URL(request.url ?? '/', 'http://host').pathname
    .slice(1)
    .split('/')
    .map(decodeURIComponent);
  const files = serving.areas.get(area ?? '');
  const place = parts.join('/');
  const file = files?.pathOf(place) ?? null;
  if (!files || file === null) throw new Refusal(404, 'There is nothing of this name.');
  if (request.method === 'GET' && kind === 'list') {
    const text = JSON.stringify(await files.list(place));
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  } else if (request.method === 'GET' && kind === 'files') await sendFile(request, response, file);
  else if (
    kind === 'files' &&
    area === sweepArea &&
    (request.method === 'PUT' || request.method === 'DELETE')
  ) {
    checkAttempt(request, parts, serving.isCurrent);
    if (request.method === 'DELETE') await rm(file, { force: true });
    else if (parts[0] === 'runs' || !(await stat(file).catch(() => null)))
      await receive(request, file, () => checkAttempt(request, parts, serving.isCurrent));
    // Stored logits are the same, whichever worker computed them.
    else request.resume();
    response.writeHead(204).end();
  } else throw new Refusal(405, 'This is not done here.');
}

/** Throws where an attempt that is not the current one writes, or one writes into another's folder. */
function checkAttempt(
  { headers }: IncomingMessage,
  parts: readonly string[],
  isCurrent: Serving['isCurrent'],
): void {
  const attempt = String(headers['attempt'] ?? '');
  if (!isCurrent(attempt)) throw new Refusal(409, `${attempt} is not the current attempt.`);
  const isOwn =
    parts[0] === 'runs' &&
    parts[1] === attempt &&
    parts.length > 2 &&
    !ownFiles.has(parts.slice(2).join('/'));
  if (!isOwn && !(parts[0] === 'cache' && parts.length > 1))
    throw new Refusal(403, 'An attempt does not write there.');
}

/** RFC 9110, one range; anything else in Range is answered by the whole file. */
async function sendFile({ headers }: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
  const info = await stat(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  if (!info.isFile()) throw new Refusal(404, 'There is no file of this name.');
  const etag = `"${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`;
  const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag };
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  const isSameFile = headers['if-range'] === undefined || headers['if-range'] === etag;
  const start = asked && isSameFile ? Number(asked[1]) : 0;
  if (start > 0 && start >= info.size) {
    response.writeHead(416, { ...common, 'content-range': `bytes */${info.size}` }).end();
    return;
  }
  const length = { ...common, 'content-length': String(info.size - start) };
  if (start > 0)
    response.writeHead(206, { ...length, 'content-range': `bytes ${start}-${info.size - 1}/${info.size}` });
  else response.writeHead(200, length);
  if (info.size === 0) response.end();
  // Not beyond the stated length: journals grow while they are read.
  else await pipeline(createReadStream(file, { start, end: info.size - 1 }), response);
}

/** Writes a body to a file whole, or not at all. `check` is asked again before the file has its name. */
async function receive(request: IncomingMessage, file: string, check: () => void): Promise<void> {
  const beside = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`,
  );
  await makeFolders(path.dirname(file));
  try {
    const hash = createHash('sha256');
    const handle = await open(beside, 'wx');
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk);
        await handle.appendFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (request.headers['content-digest'] !== digestHeader(hash.digest()))
      throw new Refusal(422, 'The bytes are not those of the digest.');
    check();
    await renameOver(beside, file);
  } catch (thrown) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw thrown instanceof Refusal ? thrown : fileError(thrown, file);
  }
}

/** In a time that does not depend on how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** On this machine alone where the address is this machine's own, otherwise on all of its networks. */
function listen(server: Server, address: URL): Promise<void> {
  const port = Number(address.port || 80);
  const host = loopback.includes(address.hostname) ? { host: address.hostname.replace(/^\[|\]$/g, '') } : {};
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `Port ${port} cannot be used for the files of the sweep (${error.message}).`;
      reject(new DistillError('INVALID_INPUT', message, 'Give --address another port.', { cause: error }));
    });
    server.listen({ port, ...host }, resolve);
  });
}
