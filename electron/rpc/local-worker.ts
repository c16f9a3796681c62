import type { StartWorker } from '../contract/worker.ts';
import { connectWorker } from './connect.ts';
import { memoryTransports } from './memory.ts';
import type { Log } from './protocol.ts';
import { serveWorker, type WorkerLike } from './serve.ts';

/**
 * Workers within this process, behind the contract as everywhere else: for the terminal and for tests, where nobody else is to be
 * answered meanwhile.
 */
export const localWorkers =
  (create: () => WorkerLike, log?: Log): StartWorker =>
  () => {
    const worker = create();
    const [near, far] = memoryTransports();
    const served = serveWorker(far, worker, log);
    const client = connectWorker(near, log ? { log } : {});
    const ended = served.then(() => worker.close()).then(() => 'closed');
    return { client, ended, close: () => client.close() };
  };
