import type { MessagePort } from 'node:worker_threads';
import type { MessagePortMainLike } from '../../electron/rpc/message-port-main.ts';

/** A port of Node's in the shape of Electron's MessagePortMain: events that wrap their data, nothing before `start()`. */
export function portMain(port: MessagePort): MessagePortMainLike {
  const listeners: ((event: { data: unknown }) => void)[] = [];
  return {
    postMessage: (message) => port.postMessage(message),
    on: (_event, listener) => listeners.push(listener),
    once: (_event, listener) => port.once('close', listener),
    start: () => port.on('message', (data) => listeners.forEach((listener) => listener({ data }))),
    close: () => port.close(),
  };
}
