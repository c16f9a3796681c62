import { open, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, isSystemError } from '../../../platform/files.ts';
import { hasLength, type RemoteFile } from './remote-file.ts';
import { request, type RequestOptions, shownUrl } from './request.ts';

/** How long a bad connection is put up with. */
export interface Patience {
  /** Attempts in a row that bring nothing new. */
  attempts: number;
  /** Before the second of them; each further one waits twice as long. */
  delayMs: number;
  /** Without a byte. */
  silenceMs: number;
}

export const usualPatience: Patience = { attempts: 6, delayMs: 500, silenceMs: 60_000 };

export interface FetchOptions extends Pick<RequestOptions, 'signal' | 'mayFollow'> {
  url: URL;
  /** Sent with each request, e.g. who asks. */
  headers?: OutgoingHttpHeaders;
  /** The file that grows. */
  part: string;
  /** How long it is to become. */
  length: Pick<RemoteFile, 'bytes' | 'slack'>;
  onBytes: (have: number) => void;
  patience: Patience;
  /** What to do by hand where this does not work: the middle of a sentence. */
  byHand: string;
}

/**
 * Brings a partial file to its full length: goes on behind what is there (RFC 9110, Range with If-Range), from the start where
 * the server does not send parts, and again after a cut. What came stays on the disk whatever happens.
 * Throws DistillError NETWORK, CANCELLED, DISK_FULL or NOT_WRITABLE.
 */
export async function fetchPart(options: FetchOptions): Promise<void> {
  const { url, part, length, signal, onBytes, patience } = options;
  const seen: Seen = { etag: null, total: length.slack ? null : length.bytes };
  let furthest = await lengthOf(part);
  for (let failures = 0; ;) {
    let have = await lengthOf(part);
    if (have > (seen.total ?? length.bytes + length.slack!)) {
      await rm(part);
      have = 0;
    }
    onBytes(have);
    if (have === seen.total) return;
    try {
      await fetchRest(options, have, seen);
    } catch (thrown) {
      if (signal.aborted)
        throw new DistillError('CANCELLED', 'The download was stopped; what has arrived is kept.');
      if (thrown instanceof DistillError) throw thrown;
      const reached = await lengthOf(part);
      failures = reached > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, reached);
      if (failures >= patience.attempts) throw unreachable(url, thrown);
      await sleep(patience.delayMs * 2 ** (failures - 1), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** What is known of the server's file, within one call; only its checksum shows whether it is the right one. */
interface Seen {
  etag: string | null;
  /** Its length; null: not known yet. */
  total: number | null;
}

/** One request. Whatever it throws but a DistillError may be mended by another. */
async function fetchRest(options: FetchOptions, have: number, seen: Seen): Promise<void> {
  const { url, part, length, mayFollow, onBytes } = options;
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error(`no data arrived for ${options.patience.silenceMs / 1000} s`)),
    options.patience.silenceMs,
  );
  const signal = AbortSignal.any([options.signal, silence.signal]);
  try {
    const headers = {
      ...options.headers,
      'accept-encoding': 'identity',
      ...(have > 0 && { range: `bytes=${have}-` }),
      ...(have > 0 && seen.etag !== null && { 'if-range': seen.etag }),
    };
    const response = await request(url, { headers, signal, mayFollow });
    const start = await startOf(response, options, have, seen);
    if (start === null) return;
    const { etag } = response.headers;
    // A weak one does not promise equal bytes.
    seen.etag = etag === undefined || etag.startsWith('W/') ? null : etag;
    const file = await open(part, start === 0 ? 'w' : 'a').catch((thrown: unknown) => {
      throw fileError(thrown, part);
    });
    try {
      const most = seen.total ?? length.bytes + length.slack!;
      let at = start;
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        timer.refresh();
        if (at + chunk.length > most) throw wrongLength(options, `more than ${most}`);
        await file.appendFile(chunk).catch((thrown: unknown) => {
          throw fileError(thrown, part);
        });
        onBytes((at += chunk.length));
      }
      // Where the server gave no length, the end of its answer is the file's.
      if (seen.total === null && hasLength(length, at)) seen.total = at;
      const wanted = seen.total ?? length.bytes;
      if (at < wanted) throw new Error(`the connection ended after ${at} of ${wanted} bytes`);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw silence.signal.aborted ? (silence.signal.reason as Error) : thrown;
  } finally {
    clearTimeout(timer);
    // Releases a response that was not read to its end.
    silence.abort();
  }
}

/**
 * Where the response's bytes belong; null: nowhere, because all of them are there. The partial file is touched only once the
 * response can be what was asked for.
 */
async function startOf(
  { statusCode: status = 0, statusMessage = '', headers }: IncomingMessage,
  options: FetchOptions,
  have: number,
  seen: Seen,
): Promise<number | null> {
  const { url, part, length, byHand } = options;
  const range = rangeOf(headers['content-range']);
  if (status === 416 && range?.total === have && hasLength(length, have)) {
    seen.total = have;
    return null;
  }
  if (status === 416 || (status === 206 && range?.start !== have)) {
    await rm(part, { force: true });
    throw new Error('the server does not continue where the file ends');
  }
  if (status >= 500 || status === 408 || status === 429)
    throw new Error(`the server answered ${status} ${statusMessage}`);
  if (status !== 200 && status !== 206) {
    const hint = `Try again later, or ${byHand}.`;
    throw new DistillError(
      'NETWORK',
      `The server answered ${status} ${statusMessage} for ${shownUrl(url)}.`,
      hint,
      {
        retryable: true,
      },
    );
  }
  if (headers['content-type']?.startsWith('text/html')) {
    const hint = "A network's login page may be in the way: open the address in a browser, then try again.";
    throw new DistillError('NETWORK', `A web page arrived instead of ${shownUrl(url)}.`, hint, {
      retryable: true,
    });
  }
  const given = headers['content-length'];
  const total = status === 206 ? range!.total : given === undefined ? null : Number(given);
  if (total !== null && !hasLength(length, total)) throw wrongLength(options, String(total));
  if (total !== null) seen.total = total;
  return status === 206 ? have : 0;
}

/** Content-Range: bytes 100-199/200, bytes *\/200, or with * for an unknown length. */
function rangeOf(header: string | undefined): { start: number | null; total: number | null } | null {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header ?? '');
  return (
    found && {
      start: found[1] === undefined ? null : Number(found[1]),
      total: found[2] === '*' ? null : Number(found[2]),
    }
  );
}

/** A file's length in bytes, 0 where there is none. */
export async function lengthOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return 0;
    throw fileError(thrown, file);
  }
}

function wrongLength({ url, length, byHand }: FetchOptions, found: string): DistillError {
  return new DistillError(
    'NETWORK',
    `${shownUrl(url)} has ${found} bytes there; the published file has ${length.slack ? 'about ' : ''}${length.bytes}.`,
    `Another file was sent instead: check the network, or ${byHand}.`,
    { retryable: true },
  );
}

function unreachable(url: URL, thrown: unknown): DistillError {
  const { message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  // A host with several addresses that all refuse has a code alone.
  const why = message === '' && thrown instanceof Error && 'code' in thrown ? String(thrown.code) : message;
  return new DistillError(
    'NETWORK',
    `${shownUrl(url)} could not be downloaded (${why}).`,
    'Check the connection, then start the download again: it continues where it stopped.',
    { retryable: true, cause: thrown },
  );
}
