import { backlog } from './backlog.ts';
import type { Message } from './protocol.ts';
import type { Transport } from './transport.ts';

/** A transport whose way opens later: what is posted until then waits. */
export function laterTransport(): {
  transport: Transport;
  /** Opens the way; does nothing once closed but close the way. */
  open(real: Transport): void;
  /** The other side is gone, whether the way was opened or not. */
  shut(): void;
} {
  const messages = backlog<Message>();
  let real: Transport | null = null;
  let receive: (received: unknown) => void = () => undefined;
  let closed = (): void => undefined;
  let isClosed = false;
  function shut(): void {
    if (isClosed) return;
    isClosed = true;
    closed();
  }
  return {
    transport: {
      post(message) {
        if (!isClosed) messages.push(message);
      },
      onMessage: (listener) => void (receive = listener),
      onClose: (listener) => void (closed = listener),
      close() {
        real?.close();
        shut();
      },
    },
    open(opened) {
      if (isClosed) {
        opened.close();
        return;
      }
      real = opened;
      opened.onClose(shut);
      opened.onMessage((received) => receive(received));
      messages.drain((message) => opened.post(message));
    },
    shut,
  };
}
