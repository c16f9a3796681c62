import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { breath } from '../../../electron/platform/breath.ts';
import { mapConcurrently } from '../../../electron/platform/concurrent.ts';

it('counts the time of all work of a turn together, and begins anew with the next turn', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(100);
  onTestFinished(() => now.mockRestore());
  await breath.take();
  expect(breath.isDue).toBe(false);
  now.mockReturnValue(106);
  // Whoever asks: the thread has been held for 6 ms.
  expect(breath.isDue).toBe(true);
  await breath.take();
  expect(breath.isDue).toBe(false);
  now.mockReturnValue(110);
  expect(breath.isDue).toBe(false);
});

it('goes on in one turn with no more of what waits than the turn has time for', async () => {
  let ms = 100;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => ms);
  onTestFinished(() => now.mockRestore());
  await breath.take();
  const order: string[] = [];
  const work = async (name: string): Promise<void> => {
    await breath.take();
    order.push(name);
    ms += 6;
  };
  const turns = async (): Promise<void> => {
    for (let turn = 1; turn <= 4; turn++) {
      await turnOfLoop();
      order.push(`turn ${turn}`);
    }
  };
  await Promise.all([work('a'), work('b'), work('c'), turns()]);
  expect(order).toEqual(['a', 'turn 1', 'b', 'turn 2', 'c', 'turn 3', 'turn 4']);
});

it('works on so many items at a time, and keeps their order', async () => {
  const waiting: (() => void)[] = [];
  let atWork = 0;
  let most = 0;
  const results = mapConcurrently([3, 1, 2, 5, 4], 2, async (item) => {
    most = Math.max(most, ++atWork);
    await new Promise<void>((resolve) => waiting.push(resolve));
    atWork--;
    return item * 10;
  });
  for (let done = 0; done < 5; done++) {
    await vi.waitUntil(() => waiting.length > 0);
    // The last that began ends first.
    waiting.pop()!();
  }
  expect(await results).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
  expect(await mapConcurrently([], 2, () => Promise.reject(new Error('nothing to do')))).toEqual([]);
  const failing = mapConcurrently([1], 2, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
});
