import { afterEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../electron/engine/data/worker-pool.ts';

const module = new URL('./fixtures/worker.ts', import.meta.url);
const pools: WorkerPool<string, string>[] = [];
const start = (workers: number, onNote?: () => void, data = 'greetings') => {
  const pool = new WorkerPool<string, string>(module, {
    workers,
    purpose: 'the test',
    data,
    ...(onNote && { onNote }),
  });
  pools.push(pool);
  pool.hold();
  return pool;
};

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('WorkerPool', () => {
  it('answers each worker in order, with its data', async () => {
    const pool = start(2);
    const answers = await Promise.all([pool.request(0, 'a'), pool.request(1, 'b'), pool.request(0, 'c')]);
    expect(answers).toEqual(['greetings a', 'greetings b', 'greetings c']);
  });

  it('passes notes on, and errors as DistillErrors', async () => {
    let notes = 0;
    const pool = start(1, () => notes++);
    await pool.request(0, 'note');
    expect(notes).toBe(1);
    await expect(pool.request(0, 'throw')).rejects.toMatchObject({ code: 'NOT_FOUND', hint: 'Look again.' });
    expect(await pool.request(0, 'still here')).toBe('greetings still here');
  });

  it.each(['exit', 'crash'])('rejects open and later requests after a worker died by %s', async (death) => {
    const pool = start(2);
    const [died, other] = await Promise.allSettled([pool.request(0, death), pool.request(1, 'hang')]);
    for (const { reason } of [died, other] as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ name: 'DistillError', code: 'INTERNAL' });
      expect((reason as Error).message).toContain('the test');
    }
    await expect(pool.request(1, 'a')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('rejects open requests when it closes', async () => {
    const pool = start(1);
    const request = expect(pool.request(0, 'hang')).rejects.toMatchObject({ code: 'CANCELLED' });
    await pool.close();
    await request;
  });
  it('gives its threads to the next pool, which has data of its own', async () => {
    const first = start(1);
    const thread = await first.request(0, 'thread');
    const before = await first.request(0, 'ended');
    await Promise.all([first.close(), first.close()]);
    const [second, third] = [start(1, undefined, 'farewells'), start(1)];
    expect(await second.request(0, 'a')).toBe('farewells a');
    expect(await second.request(0, 'thread')).toBe(thread);
    expect(await second.request(0, 'ended')).toBe(before === '' ? 'greetings' : `${before},greetings`);
    expect(await third.request(0, 'thread')).not.toBe(thread);
  });

  it.each(['hang', 'exit'])('does not give on a thread that closing or %s ended', async (last) => {
    const first = start(1);
    const thread = await first.request(0, 'thread');
    const request = expect(first.request(0, last)).rejects.toMatchObject({ name: 'DistillError' });
    if (last === 'hang') await first.close();
    await request;
    await first.close();
    const next = start(1);
    expect(await next.request(0, 'thread')).not.toBe(thread);
    expect(await next.request(0, 'a')).toBe('greetings a');
  });

  it('fails where a thread cannot begin', async () => {
    const pool = start(1, undefined, 'nothing to begin with');
    await expect(pool.request(0, 'a')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'A thread for the test stopped: nothing to begin with.',
    });
  });
});
