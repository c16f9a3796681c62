import type { Message } from './protocol.ts';
import type { Transport } from './transport.ts';

/** What a browser's WebSocket and that of the package `ws` have in common. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}

/** Values of `readyState`, the same everywhere (WHATWG, WebSockets standard). */
const states = { connecting: 0, open: 1 } as const;

/** RFC 6455: message too big. */
const TOO_BIG = 1009;

/**
 * A transport over a WebSocket, one message of JSON text each. The socket may still be connecting. A message that `isRefused` refuses
 * is not parsed, and closes the socket.
 */
export function webSocketTransport(
  socket: SocketLike,
  isRefused: (data: unknown) => boolean = () => false,
): Transport {
  const inbox: unknown[] = [];
  let outbox: string[] | null = socket.readyState === states.connecting ? [] : null;
  let receive: ((received: unknown) => void) | null = null;
  function deliver(): void {
    while (receive && inbox.length > 0) receive(inbox.shift());
  }
  socket.addEventListener('open', () => {
    for (const text of outbox ?? []) socket.send(text);
    outbox = null;
  });
  let hasRefused = false;
  socket.addEventListener('message', ({ data }) => {
    if (hasRefused) return;
    if (isRefused(data)) {
      hasRefused = true;
      socket.close(TOO_BIG);
      return;
    }
    inbox.push(parsed(data));
    deliver();
  });
  // Always followed by `close`, which is what matters; `ws` throws where nobody listens.
  socket.addEventListener('error', () => undefined);
  return {
    post(message: Message) {
      const text = JSON.stringify(message);
      if (outbox) outbox.push(text);
      else if (socket.readyState === states.open) socket.send(text);
    },
    onMessage(listener) {
      receive = listener;
      // Later, as a socket would: who sets a receiver is not to be called meanwhile.
      queueMicrotask(deliver);
    },
    onClose(closed) {
      socket.addEventListener('close', () => closed());
    },
    close: () => socket.close(),
  };
}

/** What is not JSON text passes as it is: protocol.ts refuses and logs it. */
function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}
