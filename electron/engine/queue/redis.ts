import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { DistillError } from '../../contract/errors.ts';
import { shownQueue } from '../../contract/sweep/queue.ts';

/** Milliseconds for the first connection. */
const patienceMs = 15_000;
/** Milliseconds between two attempts of who waits for a server; doubled each time. */
const [firstPauseMs, longestPauseMs] = [500, 30_000];

/** Nobody answers (yet), rather than: somebody refuses. */
const absence = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

export interface RedisOptions {
  /** What goes wrong while it is used. */
  log: (message: string) => void;
  /** Waits for a server that is not there until this is aborted; null: that is an error. */
  wait?: AbortSignal | null;
}

/**
 * A connection that comes back by itself whenever it is cut. rediss:// is TLS: the server's certificate is checked, that of a
 * private authority by Node's NODE_EXTRA_CA_CERTS. Throws NETWORK where there is no server at first and nobody waits, or where it
 * refuses us; CANCELLED where the wait was ended.
 */
export async function openRedis(url: string, { log, wait = null }: RedisOptions): Promise<Redis> {
  let pause = firstPauseMs;
  for (;;) {
    try {
      return await connect(url, log);
    } catch (thrown) {
      const { cause } = thrown as DistillError;
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
      if (!wait || !absence.has(code)) throw thrown;
      if (pause === firstPauseMs)
        log(`The queue ${shownQueue(url)} is not there yet (${code}): waiting for it.`);
    }
    await sleep(pause, null, { signal: wait }).catch(() => undefined);
    if (wait.aborted)
      throw new DistillError('CANCELLED', `The wait for the queue ${shownQueue(url)} was ended.`);
    pause = Math.min(2 * pause, longestPauseMs);
  }
}

const isCertificate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /CERT|SIGNATURE/.test(String(error.code));

async function connect(url: string, log: RedisOptions['log']): Promise<Redis> {
  // Only now: without a queue nobody pays for it.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  // Without a listener ioredis prints them itself.
  redis.on('error', () => undefined);
  try {
    await firstConnection(redis);
    redis.on('error', (error) => log(`The queue: ${error.message}`));
    return redis;
  } catch (thrown) {
    redis.disconnect();
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new DistillError(
      'NETWORK',
      `The queue ${shownQueue(url)} cannot be used (${reason}).`,
      isCertificate(thrown)
        ? "If the server's certificate comes from your own authority, start this program with NODE_EXTRA_CA_CERTS=<file of the authority's certificate>."
        : 'Check that Redis runs there, that this machine can reach it, and its user and password.',
      { retryable: true, cause: thrown },
    );
  }
}

/** Rejects with the first error: ioredis itself would try for ever. */
async function firstConnection(redis: Redis): Promise<void> {
  let refuse: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));
  const late = Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => refuse(late), patienceMs);
  redis.once('error', refuse);
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), refused]);
  } finally {
    clearTimeout(timer);
    redis.off('error', refuse);
    refused.catch(() => undefined);
  }
}
