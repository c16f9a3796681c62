import { fileURLToPath } from 'node:url';
import { workerModule } from '../platform/resources.ts';
import type { Log } from '../rpc/protocol.ts';
import type { HostMessage } from './engine-protocol.ts';
import { forkNode } from './node-process.ts';
import type { EngineProcess } from './supervisor.ts';

/** The file that a host forks. */
export const engineModule = (): string => fileURLToPath(workerModule('./engine-process', import.meta.url));

/** Starts the engine as a child of this Node process. */
export function forkNodeEngine({
  env = process.env,
  log,
}: {
  env?: NodeJS.ProcessEnv;
  log: Log;
}): EngineProcess {
  const { pid, open, onExit, send, kill } = forkNode(engineModule(), { name: 'engine', env, log });
  return {
    pid,
    open,
    onExit,
    shutdown: () => send({ kind: 'shutdown' } satisfies HostMessage),
    kill,
  };
}
