import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { socketProtocol } from '../contract/host.ts';
import { excessOf, limited, messageLimits } from '../rpc/limits.ts';
import type { Log, Message } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';
import { webSocketTransport } from '../rpc/web-socket.ts';

/** Bytes of answers that may wait for a window that does not read them. */
const MOST_UNREAD_BYTES = 256 * 2 ** 20;
/** Milliseconds between looks whether a window is still there: a tunnel may break without a word. */
const LOOK_MS = 30_000;
/** RFC 6455's registry: the service restarts, try again later. */
const TRY_AGAIN = 1013;

export interface EngineSockets {
  /** Takes over a request for a WebSocket; it was checked before. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Joins each WebSocket to a channel of the engine; when either ends, so does the other. `open` throws where no engine runs. */
export function engineSockets(open: () => Transport, log: Log): EngineSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimits.characters,
    perMessageDeflate: false,
    // The other one that a page offers is its token.
    handleProtocols: (protocols) => (protocols.has(socketProtocol) ? socketProtocol : false),
  });
  const answered = new WeakSet<WebSocket>();
  const looks = setInterval(() => {
    for (const socket of server.clients) {
      // One that is held back for a busy engine cannot answer.
      if (socket.isPaused) continue;
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, LOOK_MS);
  looks.unref();

  function isRefused(data: unknown): boolean {
    const excess = excessOf(data);
    if (excess !== null) log(`A message that ${excess} was refused, and its connection closed.`);
    return excess !== null;
  }

  function join(socket: WebSocket): void {
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    const window = limited(webSocketTransport(socket, isRefused), log);
    let engine: Transport;
    try {
      engine = open();
    } catch (thrown) {
      log('A window asked for the engine while there was none', thrown);
      socket.close(TRY_AGAIN, 'The engine is not running.');
      return;
    }
    // Passed on as they are: both ends check what arrives.
    window.onMessage((received) => {
      engine.post(received as Message);
      const sent = engine.sent?.();
      if (!sent) return;
      // Whoever sends faster than the engine reads fills buffers of its own, not this process's.
      socket.pause();
      void sent.then(() => socket.resume());
    });
    engine.onMessage((received) => {
      window.post(received as Message);
      if (socket.bufferedAmount <= MOST_UNREAD_BYTES) return;
      log('A window that does not read its messages was disconnected.');
      socket.terminate();
    });
    window.onClose(() => engine.close());
    engine.onClose(() => socket.close(TRY_AGAIN, 'The engine ended.'));
  }

  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, join),
    close() {
      clearInterval(looks);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
