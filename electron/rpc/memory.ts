import type { Message } from './protocol.ts';
import type { Transport } from './transport.ts';

/**
 * Two connected ends within one thread, for the terminal and for tests. Every message takes the way through JSON, as
 * it would over a socket, so that nothing that is not JSON-safe works here and fails elsewhere.
 */
export function memoryTransports(): [Transport, Transport] {
  const [left, right] = [end(), end()];
  return [connectEnd(left, right), connectEnd(right, left)];
}

interface End {
  inbox: unknown[];
  receive: ((received: unknown) => void) | null;
  closed: (() => void) | null;
  open: boolean;
}

const end = (): End => ({ inbox: [], receive: null, closed: null, open: true });

function deliver(to: End): void {
  while (to.open && to.receive && to.inbox.length > 0) to.receive(to.inbox.shift());
}

function shut(side: End): void {
  if (!side.open) return;
  side.open = false;
  side.closed?.();
}

function connectEnd(own: End, other: End): Transport {
  return {
    post(message: Message) {
      if (!own.open) return;
      const received: unknown = JSON.parse(JSON.stringify(message));
      // Later, never within post: a receiver must not run inside its sender.
      queueMicrotask(() => {
        other.inbox.push(received);
        deliver(other);
      });
    },
    onMessage(receive) {
      own.receive = receive;
      queueMicrotask(() => deliver(own));
    },
    onClose(closed) {
      own.closed = closed;
    },
    close() {
      // Behind the messages that are under way, so that the other end still gets them.
      queueMicrotask(() => {
        shut(own);
        shut(other);
      });
    },
  };
}
