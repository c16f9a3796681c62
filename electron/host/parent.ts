import { messagePortMainTransport, type MessagePortMainLike } from '../rpc/message-port-main.ts';
import { processChannels, type Envelope } from '../rpc/process-channels.ts';
import type { Transport } from '../rpc/transport.ts';
import type { EngineMessage, HostMessage } from './engine-protocol.ts';

/** The host, as the engine's process sees it. */
export interface Parent {
  /** Sets who serves new clients; those that came earlier are kept. */
  onClient(accept: (client: Transport) => void): void;
  /** Called when the host asks for an end, or is gone itself; may be called more than once. */
  onEnd(end: () => void): void;
  /** Says something to the host; does nothing where it is gone. */
  tell(message: EngineMessage): void;
}

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: MessagePortMainLike[] }) => void): unknown;
  postMessage(message: unknown): void;
}

/** Whoever started this process: Electron's utilityProcess.fork or Node's child_process.fork; null where neither did. */
export function findParent(): Parent | null {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
  if (parentPort) return utilityParent(parentPort);
  return process.send ? forkParent(process) : null;
}

/** The parent over Electron's process.parentPort. Where the host dies Chromium ends this process by itself. */
export function utilityParent(parentPort: ParentPort): Parent {
  const clients = queue<Transport>();
  const ends = queue<undefined>();
  parentPort.on('message', ({ data, ports }) => {
    const kind = kindOf(data);
    if (kind === 'client') for (const port of ports) clients.push(messagePortMainTransport(port));
    else if (kind === 'shutdown') ends.push(undefined);
  });
  return {
    onClient: clients.drain,
    onEnd: ends.drain,
    tell: (message) => parentPort.postMessage(message),
  };
}

function forkParent(child: NodeJS.Process): Parent {
  const clients = queue<Transport>();
  const ends = queue<undefined>();
  // The callback takes the error of a parent that is gone, which would be thrown without it.
  function send(message: Envelope | EngineMessage, sent?: () => void): void {
    if (child.connected) child.send?.(message, undefined, {}, () => sent?.());
    else sent?.();
  }
  processChannels(
    {
      send,
      onMessage: (listener) => void child.on('message', listener),
      onGone: (listener) => void child.on('disconnect', listener),
    },
    clients.push,
  );
  child.on('message', (message: unknown) => {
    if (kindOf(message) === 'shutdown') ends.push(undefined);
  });
  child.on('disconnect', () => ends.push(undefined));
  return { onClient: clients.drain, onEnd: ends.drain, tell: (message) => send(message) };
}

const kindOf = (message: unknown): HostMessage['kind'] | undefined =>
  message !== null && typeof message === 'object' ? (message as Partial<HostMessage>).kind : undefined;

/** Keeps what comes until there is somebody for it. */
function queue<T>(): { push: (item: T) => void; drain: (receive: (item: T) => void) => void } {
  const waiting: T[] = [];
  let receiver: ((item: T) => void) | null = null;
  return {
    push(item) {
      if (receiver) receiver(item);
      else waiting.push(item);
    },
    drain(receive) {
      receiver = receive;
      waiting.splice(0).forEach(receive);
    },
  };
}
