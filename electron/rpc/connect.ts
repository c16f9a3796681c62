import { DistillError, type ErrorValue } from '../contract/errors.ts';
import type { RunEvent } from '../contract/events.ts';
import { JsonText } from '../contract/json-text.ts';
import { services, type Client, type ServiceTable } from '../contract/services.ts';
import { workerServices, type WorkerClient } from '../contract/worker.ts';
import type { CallOptions, CallProgress } from '../contract/method.ts';
import { callTopic, parseMessage, protocolVersion, subscribeCall, type Log } from './protocol.ts';
import type { Transport } from './transport.ts';

export interface ConnectOptions {
  log?: Log;
  /**
   * Milliseconds between signs of life; after three without one from the engine the transport is closed. Only for
   * engines in a process of their own: one in this thread cannot answer while it computes.
   */
  heartbeatMs?: number;
}

interface Closable {
  close(): void;
}
export type Connection = Client & Closable;

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: DistillError) => void;
  onProgress: CallOptions['onProgress'];
  /** The result's text, as far as it has come. */
  pieces: string[];
  isUnparsed: boolean;
}

type Listener = (event: RunEvent, seq: number) => void;

/**
 * The engine at the other end of a transport, as a typed object. A call rejects with DistillError: the engine's own,
 * or ENGINE_GONE when the transport closes first. Aborting `options.signal` asks the engine to stop; the call settles
 * when the engine has done so, so that nothing is half written by then.
 */
export const connect = (transport: Transport, options: ConnectOptions = {}): Connection =>
  connectTable(transport, services, options) as Connection;

/** The same for a worker: a call rejects with ENGINE_GONE where the worker is gone. */
export const connectWorker = (transport: Transport, options: ConnectOptions = {}): WorkerClient & Closable =>
  connectTable(transport, workerServices, options) as WorkerClient & Closable;

/** The object's type follows from the table; only the compiler cannot follow its names. */
function connectTable(transport: Transport, contract: ServiceTable, options: ConnectOptions): unknown {
  const log = options.log ?? (() => undefined);
  const pending = new Map<number, Pending>();
  const topics = new Map<string, { listeners: Set<Listener>; id: number }>();
  let nextId = 0;
  let open = true;

  function send(service: string, method: string, input: unknown, waiting: Pending): number {
    const id = nextId++;
    transport.post({ kind: 'call', id, service, method, input });
    pending.set(id, waiting);
    return id;
  }

  function call(
    service: string,
    method: string,
    input: unknown,
    callOptions: CallOptions = {},
  ): Promise<unknown> {
    const { signal, onProgress, unparsed = false } = callOptions;
    if (!open) return Promise.reject(engineGone());
    if (signal?.aborted) return Promise.reject(new DistillError('CANCELLED', 'The call was cancelled.'));
    let cancel: (() => void) | undefined;
    const result = new Promise<unknown>((resolve, reject) => {
      const id = send(service, method, input, {
        resolve,
        reject,
        onProgress,
        pieces: [],
        isUnparsed: unparsed,
      });
      cancel = () => transport.post({ kind: 'cancel', id });
      signal?.addEventListener('abort', cancel, { once: true });
    });
    return result.finally(() => {
      if (cancel) signal?.removeEventListener('abort', cancel);
    });
  }

  function subscribe(topic: string, listener: Listener): () => void {
    if (!open) return () => undefined;
    let entry = topics.get(topic);
    if (!entry) {
      const waiting: Pending = {
        resolve: () => undefined,
        reject: (error) => lost(topic, error),
        onProgress: undefined,
        pieces: [],
        isUnparsed: false,
      };
      entry = {
        listeners: new Set(),
        id: send(subscribeCall.service, subscribeCall.method, { topic }, waiting),
      };
      topics.set(topic, entry);
    }
    const { listeners, id } = entry;
    listeners.add(listener);
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      topics.delete(topic);
      transport.post({ kind: 'cancel', id });
    };
  }

  function lost(topic: string, error: ErrorValue): void {
    topics.delete(topic);
    if (error.code !== 'ENGINE_GONE') log(`The subscription to "${topic}" ended: ${error.message}`);
  }

  const heartbeat = startHeartbeat(transport, options.heartbeatMs);
  transport.onClose(() => {
    open = false;
    heartbeat.stop();
    const waiting = [...pending.values()];
    pending.clear();
    for (const { reject } of waiting) reject(engineGone());
  });
  function listened(notify: () => void): void {
    try {
      notify();
    } catch (thrown) {
      log('A listener of the engine failed', thrown);
    }
  }
  transport.onMessage((received) => {
    const message = parseMessage(received, log);
    if (!message) return;
    heartbeat.heard();
    if (message.kind === 'result') {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (message.outcome.ok) waiting?.resolve(whole(message.outcome.value, waiting));
      else waiting?.reject(revived(message.outcome.error));
    } else if (message.kind === 'piece') {
      pending.get(message.id)?.pieces.push(message.text);
    } else if (message.kind === 'event') {
      const { topic, seq, event } = message;
      const progressOf = [...pending].find(([id]) => callTopic(id) === topic)?.[1];
      if (progressOf) listened(() => progressOf.onProgress?.(event as CallProgress));
      else
        for (const listener of [...(topics.get(topic)?.listeners ?? [])])
          listened(() => listener(event as RunEvent, seq));
    } else if (message.kind === 'ping') {
      if (!message.answer) transport.post({ kind: 'ping', answer: true });
    } else if (message.kind !== 'hello') {
      log(`A message of kind "${message.kind}" is not for a client and was ignored.`);
    } else if (message.version !== protocolVersion) {
      log(`The engine speaks protocol ${message.version}, this side ${protocolVersion}: closing.`);
      transport.close();
    }
  });
  transport.post({ kind: 'hello', version: protocolVersion });

  const methods = Object.entries(contract).map(([service, table]) => {
    const bound = (method: string) => (input: unknown, callOptions?: CallOptions) =>
      call(service, method, input, callOptions);
    return [
      service,
      Object.fromEntries(Object.keys(table).map((method) => [method, bound(method)])),
    ] as const;
  });
  return { ...Object.fromEntries(methods), subscribe, close: () => transport.close() };
}

/** A result, of which large ones came as text before. */
function whole(value: unknown, { pieces, isUnparsed }: Pending): unknown {
  if (pieces.length === 0) return value;
  const text = new JsonText(pieces);
  return isUnparsed ? text : text.parse();
}

const engineGone = (): DistillError =>
  new DistillError(
    'ENGINE_GONE',
    'The engine stopped before it answered.',
    'Start the program again; a run that was going on can be resumed.',
    { retryable: true },
  );

const revived = ({ code, message, hint, retryable }: ErrorValue): DistillError =>
  new DistillError(code, message, hint, { retryable });

function startHeartbeat(transport: Transport, everyMs: number | undefined): { heard(): void; stop(): void } {
  if (everyMs === undefined) return { heard: () => undefined, stop: () => undefined };
  let silent = 0;
  const timer = setInterval(() => {
    if (silent++ < 3) transport.post({ kind: 'ping', answer: false });
    else transport.close();
  }, everyMs);
  return { heard: () => void (silent = 0), stop: () => clearInterval(timer) };
}
