import type { Transport } from './transport.ts';

/** Electron's MessagePortMain, as both its main and its utility processes have it. */
export interface MessagePortMainLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  /** Until then it keeps what arrives. */
  start(): void;
  close(): void;
}

/** A transport over a MessagePortMain; the other end may be a window's MessagePort. */
export function messagePortMainTransport(port: MessagePortMainLike): Transport {
  let receive: ((received: unknown) => void) | null = null;
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      const isFirst = receive === null;
      receive = listener;
      if (!isFirst) return;
      port.on('message', ({ data }) => receive?.(data));
      port.start();
    },
    onClose: (closed) => void port.once('close', closed),
    close: () => port.close(),
  };
}
