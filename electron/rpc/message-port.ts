import type { MessagePort } from 'node:worker_threads';
import type { Transport } from './transport.ts';

/** A transport over a port of node:worker_threads; the other end may live in another thread. */
export function messagePortTransport(port: MessagePort): Transport {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (receive) => port.on('message', receive),
    onClose: (closed) => port.once('close', closed),
    close: () => port.close(),
  };
}
