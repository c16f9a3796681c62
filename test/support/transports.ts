import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { memoryTransports } from '../../electron/rpc/memory.ts';
import { messagePortMainTransport } from '../../electron/rpc/message-port-main.ts';
import { messagePortTransport } from '../../electron/rpc/message-port.ts';
import { processChannels, type ProcessLink } from '../../electron/rpc/process-channels.ts';
import type { Transport } from '../../electron/rpc/transport.ts';
import { webSocketTransport } from '../../electron/rpc/web-socket.ts';
import { portMain } from './port-main.ts';

export type Pair = [Transport, Transport];

/** Every transport that a host uses, as two connected ends within this process. */
export const transports: Record<string, () => Pair | Promise<Pair>> = {
  'in memory': memoryTransports,
  MessagePort: () => {
    const { port1, port2 } = new MessageChannel();
    return [messagePortTransport(port1), messagePortTransport(port2)];
  },
  MessagePortMain: () => {
    const { port1, port2 } = new MessageChannel();
    return [messagePortMainTransport(portMain(port1)), messagePortMainTransport(portMain(port2))];
  },
  WebSocket: async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    // Before it is open: what is sent until then must not be lost.
    const left = webSocketTransport(near);
    const [far] = (await once(server, 'connection')) as [WebSocket];
    server.close();
    return [left, webSocketTransport(far)];
  },
  'child process': async () => {
    const pair = pairs++;
    const accepted = new Promise<Transport>((resolve) => processChannels(link(pair, 'far', 'near'), resolve));
    return [processChannels(link(pair, 'near', 'far')).open(), await accepted];
  },
};

let pairs = 0;
let relay: ChildProcess | null = null;

/** One process serves all pairs; it ends with this one. */
function relayProcess(): ChildProcess {
  if (relay) return relay;
  relay = fork(path.resolve(import.meta.dirname, 'relay-process.ts'));
  relay.setMaxListeners(0);
  relay.unref();
  relay.channel?.unref();
  return relay;
}

function link(pair: number, own: string, other: string): ProcessLink {
  const child = relayProcess();
  return {
    send: (envelope) => child.send({ pair, to: other, envelope }),
    onMessage: (listener) =>
      child.on('message', (message: { pair: number; to: string; envelope: unknown }) => {
        if (message.pair === pair && message.to === own) listener(message.envelope);
      }),
    onGone: (listener) => child.once('exit', listener),
  };
}
