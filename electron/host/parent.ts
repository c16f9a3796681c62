import { backlog } from '../rpc/backlog.ts';
import { messagePortMainTransport, type MessagePortMainLike } from '../rpc/message-port-main.ts';
import { processChannels, type Envelope } from '../rpc/process-channels.ts';
import type { Log } from '../rpc/protocol.ts';
import type { Transport } from '../rpc/transport.ts';
import type { HostMessage } from './engine-protocol.ts';
import { forkNodeWorker } from './node-worker.ts';
import { utilityWorkers } from './utility-workers.ts';
import type { ForkWorker } from './worker-link.ts';

/** Whoever started this process, as it sees it: an engine its host, a worker its engine. */
export interface Parent {
  /** Sets who serves new clients; those that came earlier are kept. */
  onClient(accept: (client: Transport) => void): void;
  /** Called when the host asks for an end, or is gone itself; may be called more than once. */
  onEnd(end: () => void): void;
  /** Starts a worker's process. */
  forkWorker: ForkWorker;
}

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: MessagePortMainLike[] }) => void): unknown;
  postMessage(message: unknown): void;
}

/** Whoever started this process: Electron's utilityProcess.fork or Node's child_process.fork; null where neither did. */
export function findParent(log: Log): Parent | null {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
  if (parentPort) return utilityParent(parentPort);
  return process.send ? forkParent(process, log) : null;
}

/** The parent over Electron's process.parentPort. Where the host dies Chromium ends this process by itself. */
export function utilityParent(parentPort: ParentPort): Parent {
  const clients = backlog<Transport>();
  const ends = backlog<undefined>();
  const workers = utilityWorkers((message) => parentPort.postMessage(message));
  parentPort.on('message', ({ data, ports }) => {
    const message = hostMessage(data);
    if (message?.kind === 'client') for (const port of ports) clients.push(messagePortMainTransport(port));
    else if (message?.kind === 'shutdown') ends.push(undefined);
    else if (message) workers.receive(message, ports);
  });
  return { onClient: clients.drain, onEnd: ends.drain, forkWorker: workers.fork };
}

function forkParent(child: NodeJS.Process, log: Log): Parent {
  const clients = backlog<Transport>();
  const ends = backlog<undefined>();
  // The callback takes the error of a parent that is gone, which would be thrown without it.
  function send(message: Envelope, sent?: () => void): void {
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
    if (hostMessage(message)?.kind === 'shutdown') ends.push(undefined);
  });
  child.on('disconnect', () => ends.push(undefined));
  return { onClient: clients.drain, onEnd: ends.drain, forkWorker: (role) => forkNodeWorker(role, log) };
}

/** Whoever started this process is of its own kind; other messages run over the same link. */
const hostMessage = (message: unknown): HostMessage | null =>
  message !== null && typeof message === 'object' && 'kind' in message ? (message as HostMessage) : null;
