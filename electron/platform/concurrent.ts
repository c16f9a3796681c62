import { breath } from './breath.ts';

/**
 * What `work` gives for each item, in the items' order, of which `atOnce` are worked on at a time: thousands of files that are looked at
 * together would all end in the same turn of the event loop, and hold the thread. Rejects with the first error.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const pending = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) {
      if (breath.isDue) await breath.take();
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
