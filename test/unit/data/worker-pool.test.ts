import { afterEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../electron/engine/data/worker-pool.ts';

const module = new URL('./fixtures/worker.ts', import.meta.url);
const pools: WorkerPool<string, string>[] = [];
const start = (workers: number, onNote?: () => void) => {
  const pool = new WorkerPool<string, string>(module, {
    workers,
    purpose: 'the test',
    data: 'greetings',
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
});
