import { DistillError } from '../../contract/errors.ts';
import type { DataRecipe } from '../../contract/recipe/data.ts';
import type { SweepQueue } from '../../contract/sweep/queue.ts';
import type { MakeExecutor } from '../sweep/executor.ts';
import type { Member } from '../sweep/members.ts';
import type { Workers } from '../work/workers.ts';
import { startFileServer } from './file-server.ts';
import { MemberJobs } from './member-jobs.ts';
import { MemberQueue } from './member-queue.ts';
import { placeIn } from './places.ts';
import { QueueExecutor } from './queue-executor.ts';
import type { QueueLog } from './queue-worker.ts';

type DatasetInput = Pick<DataRecipe, 'classNames' | 'reading'> & { path: string };

/** Throws INVALID_INPUT where the workers would not come to the files of a sweep in this folder. */
export function checkWays({ shared, address }: SweepQueue, folder: string): void {
  if (shared === null && address === null)
    throw new DistillError(
      'INVALID_INPUT',
      'A sweep on several machines needs a way for its files.',
      'Give --shared <folder>, one that all machines see, or --address http://<this machine>:<port>.',
    );
  if (shared === null || shared === folder || placeIn(shared, folder) !== null) return;
  throw new DistillError(
    'INVALID_INPUT',
    `The folder "${folder}" is not in the shared folder "${shared}".`,
    'Give --out a folder below the one that all machines see.',
  );
}

/** Connects to a queue, and serves files where that is asked for, for a sweep's executor. Throws NETWORK, INVALID_INPUT. */
export async function queueExecutor(
  { url, shared, address }: SweepQueue,
  workers: Workers,
  log: QueueLog,
): Promise<MakeExecutor> {
  const current = new Set<string>();
  const isCurrent = (attempt: string): boolean => current.has(attempt);
  const server = address === null ? null : await startFileServer({ address, isCurrent });
  const queue = await MemberQueue.open(url, (message) => log('warn', message)).catch(
    async (thrown: unknown) => {
      await server?.close();
      throw thrown;
    },
  );
  const fingerprints = new Map<string, Promise<string>>();
  const inspect = async (input: DatasetInput): Promise<string> =>
    (await workers.inShared(({ dataset }) => dataset.inspect(input))).fingerprint;
  return ({ folder, members, teachers }) => {
    const fingerprintOf = ({ recipe }: Member): Promise<string> => {
      const { classNames, reading } = recipe.data;
      const path = folder.progress.dataPath ?? recipe.data.path;
      if (path === null) throw new DistillError('INVALID_INPUT', 'No dataset is named.', 'Give --data.');
      const input = { path, classNames, reading };
      const key = JSON.stringify(input);
      const known = fingerprints.get(key) ?? inspect(input);
      fingerprints.set(key, known);
      return known;
    };
    const jobs = new MemberJobs({ folder, shared, server, fingerprintOf });
    return new QueueExecutor({ folder, members, teachers, jobs, queue, server, current, log });
  };
}
