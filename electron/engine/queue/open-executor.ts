import { DistillError } from '../../contract/errors.ts';
import type { DataRecipe } from '../../contract/recipe/data.ts';
import type { SweepQueue } from '../../contract/sweep/queue.ts';
import type { MakeExecutor } from '../sweep/executor.ts';
import type { Workers } from '../work/workers.ts';
import { MemberQueue } from './member-queue.ts';
import { placeIn, QueueExecutor } from './queue-executor.ts';

type DatasetInput = Pick<DataRecipe, 'classNames' | 'reading'> & { path: string };

/** Throws INVALID_INPUT where the workers would not find a sweep in this folder. */
export function checkShared({ shared }: SweepQueue, folder: string): void {
  if (shared === null)
    throw new DistillError(
      'INVALID_INPUT',
      'A sweep on several machines needs a way for its files.',
      'Give --shared <folder>: one that all machines see, with the folder of the runs in it.',
    );
  if (shared === folder || placeIn(shared, folder) !== null) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The folder "${folder}" is not in the shared folder "${shared}".`,
    'Give --out a folder below the one that all machines see.',
  );
}

/** Connects to a queue, for a sweep's executor. Throws NETWORK. */
export async function queueExecutor({ url, shared }: SweepQueue, workers: Workers): Promise<MakeExecutor> {
  const queue = await MemberQueue.open(url, () => undefined);
  const fingerprints = new Map<string, Promise<string>>();
  const inspect = async (input: DatasetInput): Promise<string> =>
    (await workers.inShared(({ dataset }) => dataset.inspect(input))).fingerprint;
  return (sweep) =>
    new QueueExecutor({
      ...sweep,
      queue,
      shared: shared!,
      fingerprintOf({ recipe }) {
        const { classNames, reading } = recipe.data;
        const path = sweep.folder.progress.dataPath ?? recipe.data.path;
        if (path === null) throw new DistillError('INVALID_INPUT', 'No dataset is named.', 'Give --data.');
        const input = { path, classNames, reading };
        const key = JSON.stringify(input);
        const known = fingerprints.get(key) ?? inspect(input);
        fingerprints.set(key, known);
        return known;
      },
    });
}
