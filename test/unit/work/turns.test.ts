import { expect, test } from 'vitest';
import { Turns } from '../../../electron/engine/work/turns.ts';

/** Work of these sizes, in order: which has begun, and how to end one. */
function taken(turns: Turns, sizes: readonly number[]) {
  const begun: number[] = [];
  const ends = sizes.map((size, index) => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const done = turns.take(
      null,
      () => {
        begun.push(index);
        return ended;
      },
      size,
    );
    return () => {
      end();
      return done;
    };
  });
  return { begun, ends };
}

test('work begins in order, as soon as its share is free', async () => {
  const third = 1 / 3;
  const { begun, ends } = taken(new Turns(1), [third, third, third, third, 1, third]);
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  await ends[1]!();
  expect(begun).toEqual([0, 1, 2, 3]);
  // What takes all waits until nothing else is at work, and nothing passes it.
  for (const index of [0, 2]) await ends[index]!();
  expect(begun).toEqual([0, 1, 2, 3]);
  await ends[3]!();
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  await ends[4]!();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  await ends[5]!();
});

test('work that was cancelled before its turn is not begun, and gives its turn on', async () => {
  const turns = new Turns(1);
  const { ends } = taken(turns, [1]);
  const abort = new AbortController();
  const cancelled = turns.take(abort.signal, () => Promise.resolve('done'));
  const after = turns.take(null, () => Promise.resolve('after'));
  abort.abort();
  await ends[0]!();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await after).toBe('after');
});
