import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { heapFlags, withAllocatorSettings } from '../platform/allocator.ts';
import { workerModule } from '../platform/resources.ts';
import { processChannels } from '../rpc/process-channels.ts';
import type { Log } from '../rpc/protocol.ts';
import { engineMessage, type HostMessage } from './engine-protocol.ts';
import type { EngineProcess } from './supervisor.ts';

/** The file that a host forks. */
export const engineModule = (): string => fileURLToPath(workerModule('./engine-process', import.meta.url));

/** Starts the engine as a child of this Node process; what it prints goes to `log`, line by line. */
export function forkNodeEngine({
  env = process.env,
  log,
}: {
  env?: NodeJS.ProcessEnv;
  log: Log;
}): EngineProcess {
  const flags: readonly string[] = heapFlags;
  const inherited = process.execArgv.filter((flag) => !flags.includes(flag) && !flag.startsWith('--inspect'));
  const child = fork(engineModule(), [], {
    env: withAllocatorSettings(env),
    execArgv: [...flags, ...inherited],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => log(`engine: ${line}`));
  const exits: ((code: number | null, reason: string) => void)[] = [];
  let ended = false;
  function exited(code: number | null, reason: string): void {
    if (ended) return;
    ended = true;
    for (const listener of exits) listener(code, reason);
  }
  child.on('exit', (code, signal) =>
    exited(code, signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`),
  );
  child.on('error', (error) => {
    log('The engine could not be started or reached', error);
    if (child.pid === undefined) exited(null, error.message);
  });
  const channels = processChannels({
    // The callback takes the error of a child that has just gone.
    send(envelope, sent) {
      if (child.connected) child.send(envelope, () => sent?.());
      else sent?.();
    },
    onMessage: (listener) => void child.on('message', listener),
    onGone: (listener) => exits.push(listener),
  });
  return {
    pid: child.pid,
    open: () => channels.open(),
    onExit: (listener) => exits.push(listener),
    onWorking(listener) {
      child.on('message', (received) => {
        const message = engineMessage(received);
        if (message) listener(message.value);
      });
    },
    shutdown() {
      const message: HostMessage = { kind: 'shutdown' };
      if (child.connected) child.send(message, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
