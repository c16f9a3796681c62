import { laterTransport } from '../rpc/later-transport.ts';
import { messagePortMainTransport, type MessagePortMainLike } from '../rpc/message-port-main.ts';
import type { EngineMessage, HostMessage } from './engine-protocol.ts';
import type { ForkWorker } from './worker-link.ts';

interface Requested {
  opened: (port: MessagePortMainLike) => void;
  exited: (reason: string) => void;
}

/** Workers in utility processes, which Electron's main process starts for the engine: asked for by `ask`, reported by `receive`. */
export function utilityWorkers(ask: (message: EngineMessage) => void): {
  fork: ForkWorker;
  receive: (message: HostMessage, ports: readonly MessagePortMainLike[]) => void;
} {
  const requested = new Map<number, Requested>();
  let next = 0;
  return {
    fork(role) {
      const id = next++;
      const later = laterTransport();
      const listeners: ((reason: string) => void)[] = [];
      requested.set(id, {
        opened: (port) => later.open(messagePortMainTransport(port)),
        exited(reason) {
          requested.delete(id);
          later.shut();
          for (const listener of listeners) listener(reason);
        },
      });
      ask({ kind: 'start-worker', id, role });
      return {
        transport: later.transport,
        onExit: (listener) => void listeners.push(listener),
        kill: () => ask({ kind: 'kill-worker', id }),
      };
    },
    receive(message, [port]) {
      if (message.kind === 'worker' && port) requested.get(message.id)?.opened(port);
      else if (message.kind === 'worker-exit') requested.get(message.id)?.exited(message.reason);
    },
  };
}
