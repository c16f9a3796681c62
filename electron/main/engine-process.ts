import type { MessagePortMain } from 'electron';
import { engineMessage, type HostMessage } from '../host/engine-protocol.ts';
import { engineModule } from '../host/node-engine.ts';
import type { EngineProcess } from '../host/supervisor.ts';
import { messagePortMainTransport } from '../rpc/message-port-main.ts';
import { forkUtility, type UtilityElectron } from './utility-process.ts';
import { workerProcesses } from './worker-processes.ts';

/** An engine in a utility process; windows get ports of their own, past the main process. */
export interface ElectronEngineProcess extends EngineProcess {
  /** The other end of a new channel to this engine, to be handed to a window. */
  openPort(): MessagePortMain;
}

/** Starts the engine's process, and the workers that it asks for. */
export function forkEngine(
  electron: UtilityElectron,
  { env = process.env, log }: { env?: NodeJS.ProcessEnv; log: (line: string) => void },
): ElectronEngineProcess {
  const { child, onExit, kill } = forkUtility(electron.fork, engineModule(), { name: 'engine', env, log });
  let isGone = false;
  onExit(() => (isGone = true));
  const send = (message: HostMessage, ports: MessagePortMain[] = []): void => {
    if (!isGone) child.postMessage(message, ports);
  };
  const onRequest = workerProcesses(electron, { env, log }, send);
  child.on('message', (received: unknown) => {
    const message = engineMessage(received);
    if (message) onRequest(message);
  });

  function openPort(): MessagePortMain {
    const { port1, port2 } = electron.createChannel();
    send({ kind: 'client' }, [port1]);
    return port2;
  }

  return {
    // Known only once the process has been spawned.
    get pid() {
      return child.pid;
    },
    openPort,
    open: () => messagePortMainTransport(openPort()),
    onExit,
    shutdown: () => send({ kind: 'shutdown' }),
    kill,
  };
}
