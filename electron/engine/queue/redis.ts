import type { Redis } from 'ioredis';
import { DistillError } from '../../contract/errors.ts';
import { shownQueue } from '../../contract/sweep/queue.ts';

/** Milliseconds for the first connection. */
const patienceMs = 15_000;

/**
 * A connection that comes back by itself whenever it is cut. `log`: what goes wrong meanwhile. Throws NETWORK where there is no
 * server at first, or it refuses us.
 */
export async function openRedis(url: string, log: (message: string) => void): Promise<Redis> {
  // Only now: without a queue nobody pays for it.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  redis.on('error', (error) => log(`The queue: ${error.message}`));
  try {
    await firstConnection(redis);
    return redis;
  } catch (thrown) {
    redis.disconnect();
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new DistillError(
      'NETWORK',
      `The queue ${shownQueue(url)} cannot be used (${reason}).`,
      'Check that Redis runs there, that this machine can reach it, and its user and password.',
      { retryable: true, cause: thrown },
    );
  }
}

/** Rejects with the first error: ioredis itself would try for ever. */
async function firstConnection(redis: Redis): Promise<void> {
  let refuse: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));
  const timer = setTimeout(() => refuse(new Error('no answer')), patienceMs);
  redis.once('error', refuse);
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), refused]);
  } finally {
    clearTimeout(timer);
    redis.off('error', refuse);
    refused.catch(() => undefined);
  }
}
