import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Log, Message } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';
import { webSocketTransport } from '../rpc/web-socket.ts';

/** The largest message that a window may send; the largest that is meant to be sent is a recipe. */
const MAX_MESSAGE_BYTES = 16 * 2 ** 20;
/** Milliseconds between looks whether a window is still there: a tunnel may break without a word. */
const LOOK_MS = 30_000;
/** RFC 6455's registry: the service restarts, try again later. */
const TRY_AGAIN = 1013;

export interface EngineSockets {
  /** Takes over a request for a WebSocket; it was judged before. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Joins each WebSocket to a channel of the engine; when either ends, so does the other. `open` throws where no engine runs. */
export function engineSockets(open: () => Transport, log: Log): EngineSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const answered = new WeakSet<WebSocket>();
  const looks = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, LOOK_MS);
  looks.unref();

  function join(socket: WebSocket): void {
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    const window = webSocketTransport(socket);
    let engine: Transport;
    try {
      engine = open();
    } catch (thrown) {
      log('A window asked for the engine while there was none', thrown);
      socket.close(TRY_AGAIN, 'The engine is not running.');
      return;
    }
    // Passed on as they are: both ends check what arrives.
    window.onMessage((received) => engine.post(received as Message));
    engine.onMessage((received) => window.post(received as Message));
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
