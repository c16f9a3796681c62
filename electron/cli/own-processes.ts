import type { StartWorker } from '../contract/worker.ts';
import { forkNodeWorker } from '../host/node-worker.ts';
import { workersBy } from '../host/worker-link.ts';
import type { Log } from '../rpc/protocol.ts';

/** Workers of runs in processes of their own, so that several train at the same time and one that dies ends nothing else. */
export function runsInOwnProcesses(others: StartWorker, log: Log): StartWorker {
  const ownProcess = workersBy((role) => forkNodeWorker(role, log), log);
  return (role) => (role === 'run' ? ownProcess(role) : others(role));
}
