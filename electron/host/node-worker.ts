import { fileURLToPath } from 'node:url';
import type { WorkerRole } from '../contract/worker.ts';
import { heapFlags, withAllocatorSettings } from '../platform/allocator.ts';
import { workerModule } from '../platform/resources.ts';
import type { Log } from '../rpc/protocol.ts';
import { forkNode } from './node-process.ts';
import type { WorkerProcess } from './worker-link.ts';

/** The file that is forked for a worker. */
export const workerProcessModule = (): string =>
  fileURLToPath(workerModule('./worker-process', import.meta.url));

/** Starts a worker as a child of this Node process, with the settings that training wants of the C library and of V8. */
export function forkNodeWorker(role: WorkerRole, log: Log): WorkerProcess {
  const { open, onExit, kill } = forkNode(workerProcessModule(), {
    name: `worker (${role})`,
    args: [role],
    env: withAllocatorSettings(process.env),
    flags: heapFlags,
    log,
  });
  return { transport: open(), onExit: (listener) => onExit((_code, reason) => listener(reason)), kill };
}
