import { createInterface } from 'node:readline';
import type { MessagePortMain, UtilityProcess } from 'electron';
import { engineMessage, type HostMessage } from '../host/engine-protocol.ts';
import { engineModule } from '../host/node-engine.ts';
import type { EngineProcess } from '../host/supervisor.ts';
import { messagePortMainTransport } from '../rpc/message-port-main.ts';

/** What of Electron's objects is used. */
export interface EngineElectron {
  fork: (
    module: string,
    args: string[],
    options: { env: NodeJS.ProcessEnv; serviceName: string; stdio: 'pipe' },
  ) => Pick<UtilityProcess, 'pid' | 'kill' | 'postMessage' | 'on' | 'once' | 'stdout' | 'stderr'>;
  createChannel: () => { port1: MessagePortMain; port2: MessagePortMain };
}

/** An engine in a utility process; windows get ports of their own, past the main process. */
export interface ElectronEngineProcess extends EngineProcess {
  /** The other end of a new channel to this engine, to be handed to a window. */
  openPort(): MessagePortMain;
}

/**
 * Starts the engine's process, without the settings that it gets under Node: Chromium's allocator and a heap that is there already read
 * neither environment nor arguments (docs/packaging.md). What it writes on its outputs goes to the log, line by line. */
export function forkEngine(
  { fork, createChannel }: EngineElectron,
  { env = process.env, log }: { env?: NodeJS.ProcessEnv; log: (line: string) => void },
): ElectronEngineProcess {
  const child = fork(engineModule(), [], {
    env,
    serviceName: 'Distill Studio engine',
    stdio: 'pipe',
  });
  for (const input of [child.stdout, child.stderr])
    if (input) createInterface({ input }).on('line', (line) => log(`engine: ${line}`));
  let fatal: string | null = null;
  // V8 cannot go on, for want of memory as a rule; the exit that follows says nothing of why.
  child.on('error', (type, location) => {
    fatal = `${type} of V8 in ${location}`;
  });
  const send = (message: HostMessage, ports: MessagePortMain[] = []): void =>
    child.postMessage(message, ports);

  function openPort(): MessagePortMain {
    const { port1, port2 } = createChannel();
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
    onExit: (listener) =>
      void child.once('exit', (code) =>
        listener(code, fatal === null ? `exit code ${code}` : `${fatal}, exit code ${code}`),
      ),
    onWorking: (listener) =>
      void child.on('message', (received: unknown) => {
        const message = engineMessage(received);
        if (message) listener(message.value);
      }),
    shutdown: () => send({ kind: 'shutdown' }),
    kill() {
      const { pid } = child;
      // UtilityProcess.kill asks politely, which a hung engine does not hear.
      if (pid === undefined) child.kill();
      else process.kill(pid, 'SIGKILL');
    },
  };
}
