import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, isSystemError } from '../../../platform/files.ts';

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

export interface FetchOptions {
  url: string;
  /** The file that grows. */
  part: string;
  /** How long it is to become. */
  bytes: number;
  signal: AbortSignal;
  onBytes: (have: number) => void;
  patience: Patience;
}

/**
 * Brings a partial file to its full length: goes on behind what is there (RFC 9110, Range with If-Range), from the start where
 * the server does not send parts, and again after a cut. What came stays on the disk whatever happens.
 * Throws DistillError NETWORK, CANCELLED, DISK_FULL or NOT_WRITABLE.
 */
export async function fetchPart(options: FetchOptions): Promise<void> {
  const { url, part, bytes, signal, onBytes, patience } = options;
  const validator: Validator = { etag: null };
  let furthest = await lengthOf(part);
  for (let failures = 0; ;) {
    let have = await lengthOf(part);
    if (have > bytes) {
      await rm(part);
      have = 0;
    }
    onBytes(have);
    if (have === bytes) return;
    try {
      await fetchRest(options, have, validator);
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

/** What tells whether the server still has the same file; known only within one call, as the checksum tells the rest. */
interface Validator {
  etag: string | null;
}

/** One request. Whatever it throws but a DistillError may be mended by another. */
async function fetchRest(options: FetchOptions, have: number, validator: Validator): Promise<void> {
  const { url, part, bytes, onBytes } = options;
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error(`no data arrived for ${options.patience.silenceMs / 1000} s`)),
    options.patience.silenceMs,
  );
  const signal = AbortSignal.any([options.signal, silence.signal]);
  try {
    const response = await fetch(url, {
      headers: {
        'accept-encoding': 'identity',
        ...(have > 0 && { range: `bytes=${have}-` }),
        ...(have > 0 && validator.etag !== null && { 'if-range': validator.etag }),
      },
      signal,
    });
    const start = await startOf(response, options, have);
    const etag = response.headers.get('etag');
    // A weak one does not promise equal bytes.
    validator.etag = etag?.startsWith('W/') ? null : etag;
    const file = await open(part, start === 0 ? 'w' : 'a').catch((thrown: unknown) => {
      throw fileError(thrown, part);
    });
    try {
      let at = start;
      const body: AsyncIterable<Uint8Array> | null = response.body;
      if (body === null) throw new Error('the response is empty');
      for await (const chunk of body) {
        timer.refresh();
        if (at + chunk.length > bytes) throw wrongLength(url, `more than ${bytes}`, bytes);
        await file.appendFile(chunk).catch((thrown: unknown) => {
          throw fileError(thrown, part);
        });
        onBytes((at += chunk.length));
      }
      if (at < bytes) throw new Error(`the connection ended after ${at} of ${bytes} bytes`);
    } finally {
      await file.close();
    }
  } finally {
    clearTimeout(timer);
    // Lets go of an answer that was not read to its end.
    silence.abort();
  }
}

/** Where the answer's bytes belong. The partial file is touched only once the answer can be what was asked for. */
async function startOf(
  { status, statusText, headers }: Response,
  { url, part, bytes }: FetchOptions,
  have: number,
): Promise<number> {
  if (status === 416 || (status === 206 && rangeOf(headers)?.start !== have)) {
    await rm(part, { force: true });
    throw new Error('the server does not continue where the file ends');
  }
  if (status >= 500 || status === 408 || status === 429)
    throw new Error(`the server answered ${status} ${statusText}`);
  if (status !== 200 && status !== 206) {
    const hint = 'Try again later, or download the file with a browser into the same folder.';
    throw new DistillError('NETWORK', `The server answered ${status} ${statusText} for ${url}.`, hint, {
      retryable: true,
    });
  }
  if (headers.get('content-type')?.startsWith('text/html')) {
    const hint = "A network's login page may be in the way: open the address in a browser, then try again.";
    throw new DistillError('NETWORK', `A web page arrived instead of ${url}.`, hint, { retryable: true });
  }
  const length = headers.get('content-length');
  const total = status === 206 ? rangeOf(headers)!.total : length === null ? null : Number(length);
  if (total !== null && total !== bytes) throw wrongLength(url, String(total), bytes);
  return status === 206 ? have : 0;
}

/** Content-Range: bytes 100-199/200, or with * for an unknown length. */
function rangeOf(headers: Headers): { start: number; total: number | null } | null {
  const found = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  return found && { start: Number(found[1]), total: found[2] === '*' ? null : Number(found[2]) };
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

function wrongLength(url: string, length: string, bytes: number): DistillError {
  return new DistillError(
    'NETWORK',
    `${url} has ${length} bytes there, and not the ${bytes} of the published file.`,
    'Another file was sent instead: check the network, or download the file with a browser.',
    { retryable: true },
  );
}

function unreachable(url: string, thrown: unknown): DistillError {
  const { message, cause } = thrown instanceof Error ? thrown : new Error(String(thrown));
  // fetch says only "fetch failed"; why is in its cause.
  const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return new DistillError(
    'NETWORK',
    `${url} could not be downloaded (${why}).`,
    'Check the connection, then start the download again: it continues where it stopped.',
    { retryable: true, cause: thrown },
  );
}
