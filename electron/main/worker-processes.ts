import type { MessagePortMain } from 'electron';
import type { EngineMessage, HostMessage } from '../host/engine-protocol.ts';
import { workerProcessModule } from '../host/node-worker.ts';
import { forkUtility, type StartedUtility, type UtilityElectron } from './utility-process.ts';

/**
 * The workers of one engine, in utility processes, which only the main process can start: the engine asks for them and has a port of its
 * own to each. They end with the engine, whose port closes; here nothing needs to be done for it.
 */
export function workerProcesses(
  { fork, createChannel }: UtilityElectron,
  { env, log }: { env: NodeJS.ProcessEnv; log: (line: string) => void },
  toEngine: (message: HostMessage, ports?: MessagePortMain[]) => void,
): (message: EngineMessage) => void {
  const running = new Map<number, StartedUtility>();
  return (message) => {
    const { id } = message;
    if (message.kind === 'kill-worker') {
      running.get(id)?.kill();
      return;
    }
    const { role } = message;
    const started = forkUtility(fork, workerProcessModule(), {
      name: `worker (${role})`,
      args: [role],
      env,
      log,
    });
    running.set(id, started);
    started.onExit((_code, reason) => {
      running.delete(id);
      toEngine({ kind: 'worker-exit', id, reason });
    });
    const { port1, port2 } = createChannel();
    started.child.postMessage({ kind: 'client' } satisfies HostMessage, [port1]);
    toEngine({ kind: 'worker', id }, [port2]);
  };
}
