import { expect, it } from 'vitest';
import { BatchQueue } from '../../../../../renderer/views/try/batch-queue.ts';

/** A queue whose batches end when they are told to. */
function heldQueue() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const queue = new BatchQueue<string>((batch) => {
    begun.push(batch);
    return new Promise((resolve) => ends.push(resolve));
  });
  const end = async () => {
    ends.shift()!();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { queue, begun, end };
}

it('does what comes while it is busy afterwards, in order, one at a time', async () => {
  const { queue, begun, end } = heldQueue();
  for (const batch of ['a', 'b', 'c']) queue.add(batch);
  expect([begun, queue.waiting.value, queue.busy.value]).toEqual([['a'], 2, true]);
  await end();
  expect([begun, queue.waiting.value]).toEqual([['a', 'b'], 1]);
  await end();
  await end();
  expect([begun, queue.waiting.value, queue.busy.value]).toEqual([['a', 'b', 'c'], 0, false]);
  queue.add('d');
  expect(begun.at(-1)).toBe('d');
});

it('lets go of what waits, and goes on with what comes later', async () => {
  const { queue, begun, end } = heldQueue();
  for (const batch of ['a', 'b']) queue.add(batch);
  queue.clear();
  queue.add('c');
  expect(queue.waiting.value).toBe(1);
  await end();
  expect(begun).toEqual(['a', 'c']);
});
