import { appendFile, open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { placeSchema } from '../../contract/sweep/member-job.ts';
import { fileError, makeFolders } from '../../platform/files.ts';
import { acceptPart } from '../data/download/content.ts';
import { fetchPart } from '../data/download/fetch-part.ts';
import type { Content, Exchange, SweepFile } from './exchange.ts';
import { sweepArea } from './file-server.ts';
import { digestHeader, newHash } from './served-files.ts';

const listSchema = z.array(
  z.object({
    name: placeSchema,
    bytes: z.number().int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
);

/** Of a file, until the caller tries again. */
const patience = { attempts: 3, delayMs: 500, silenceMs: 60_000 };
/** Milliseconds for an answer without a file. */
const answerMs = 60_000;

export interface Access {
  url: string;
  token: string;
}

/** The sweep's folder on the machine that started it, by HTTP (file-server.ts), or a dataset there. */
export class HttpExchange implements Exchange {
  readonly #access: () => Access;
  readonly #attempt: string;
  readonly #area: string;
  readonly #signal: AbortSignal;

  /** `access`: as it is now; the machine that started the sweep may have begun anew. `signal`: ends what is under way. */
  constructor(access: () => Access, attempt: string, signal: AbortSignal, area = sweepArea) {
    this.#access = access;
    this.#attempt = attempt;
    this.#signal = signal;
    this.#area = area;
  }

  async list(place: string): Promise<SweepFile[]> {
    const response = await this.#ask('list', place, { method: 'GET' });
    const parsed = listSchema.safeParse(await response.json().catch(() => null));
    if (parsed.success) return parsed.data;
    throw unusable(this.#access().url, 'its list of files has another form');
  }

  async fetch(file: SweepFile, to: string): Promise<void> {
    await makeFolders(path.dirname(to));
    const { name, bytes, sha256 = '' } = file;
    const length = { name, bytes, hash: { algorithm: 'sha256', hex: sha256 } as const };
    const part = `${to}.part`;
    await fetchPart({
      url: this.#urlOf('files', name),
      headers: this.#headers,
      part,
      length,
      signal: this.#signal,
      mayFollow: () => false,
      onBytes: () => undefined,
      patience,
      byHand: 'see whether the machine that started the sweep can be reached',
    });
    // Nothing arrives of an empty file.
    if (bytes === 0) await appendFile(part, '');
    await acceptPart(part, to, length, { signal: this.#signal, corrupt: 'NETWORK' });
  }

  async put(name: string, content: Content): Promise<void> {
    const { digest, body, bytes, close } = await bodyOf(content);
    const headers = { 'content-digest': digest, 'content-length': String(bytes) };
    try {
      await this.#ask('files', name, { method: 'PUT', headers, body, duplex: 'half' });
    } finally {
      await close();
    }
  }

  async remove(name: string): Promise<void> {
    await this.#ask('files', name, { method: 'DELETE' });
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#access().token}`, attempt: this.#attempt };
  }

  #urlOf(kind: 'list' | 'files', place: string): URL {
    const parts = [kind, this.#area, ...place.split('/').filter((part) => part !== '')];
    return new URL(`/${parts.map(encodeURIComponent).join('/')}`, this.#access().url);
  }

  /** Throws NETWORK; RUN_STATE where the attempt is not the current one; DISK_FULL where the other machine's disk is. */
  async #ask(
    kind: 'list' | 'files',
    place: string,
    init: RequestInit & { duplex?: 'half' },
  ): Promise<Response> {
    const url = this.#urlOf(kind, place);
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(answerMs)]);
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(url, { ...init, headers, signal, redirect: 'error' }).catch(
      (thrown: unknown) => {
        this.#signal.throwIfAborted();
        const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
        throw unusable(url.origin, cause instanceof Error ? cause.message : String(cause));
      },
    );
    if (response.ok) return response;
    const said = (await response.text().catch(() => '')).slice(0, 300);
    if (response.status === 409) throw new DistillError('RUN_STATE', said, 'Nothing is written there.');
    if (response.status === 507) throw new DistillError('DISK_FULL', said, '', { retryable: true });
    throw unusable(url.origin, `it answered ${response.status} ${said}`);
  }
}

const unusable = (url: string, reason: string): DistillError =>
  new DistillError(
    'NETWORK',
    `The machine that started the sweep (${url}) could not be used: ${reason}.`,
    'See whether it runs and can be reached.',
    { retryable: true },
  );

interface Body {
  digest: string;
  body: NonNullable<RequestInit['body']>;
  bytes: number;
  close: () => Promise<void>;
}

/** A body of known length and digest; of a file that grows or goes meanwhile, what is there now. */
async function bodyOf(content: Content): Promise<Body> {
  if ('bytes' in content) {
    const digest = digestHeader(newHash().update(content.bytes).digest());
    const { length } = content.bytes;
    return { digest, body: new Uint8Array(content.bytes), bytes: length, close: () => Promise.resolve() };
  }
  const handle = await open(content.file).catch((thrown: unknown) => {
    throw fileError(thrown, content.file);
  });
  const { size } = await handle.stat();
  const read = () => handle.createReadStream({ start: 0, end: size - 1, autoClose: false });
  const hash = newHash();
  if (size > 0) for await (const chunk of read()) hash.update(chunk as Buffer);
  const body = size === 0 ? new Uint8Array() : (Readable.toWeb(read()) as ReadableStream);
  return { digest: digestHeader(hash.digest()), body, bytes: size, close: () => handle.close() };
}
