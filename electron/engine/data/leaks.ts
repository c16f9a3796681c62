import type { Leak } from '../../contract/dataset.ts';
import type { Pictures } from './pictures.ts';

interface Keyed {
  key: string;
}

/** What is held out of training. */
export interface Held {
  validation: readonly Keyed[];
  test: readonly Keyed[];
}

/** The training images that show a picture which validation or test has, too; each once, test first. */
export function findLeaks(pictures: Pictures, train: readonly Keyed[], held: Held): Leak[] {
  const keysOf = (samples: readonly Keyed[]) => samples.map(({ key }) => key);
  const training = keysOf(train);
  const leaks = new Map<string, Leak>();
  for (const part of ['validation', 'test'] as const)
    for (const [key, other] of pictures.matches(training, keysOf(held[part])))
      leaks.set(key, { train: key, other, part, sameBytes: false });
  return training.flatMap((key) => leaks.get(key) ?? []);
}
