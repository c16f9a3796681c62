import type { z } from 'zod';
import { DistillError, toErrorValue, type ErrorValue } from '../contract/errors.ts';
import type { RunEvent } from '../contract/events.ts';
import { services, type Handlers, type ServiceTable } from '../contract/services.ts';
import { workerServices, type WorkerHandlers } from '../contract/worker.ts';
import type { CallContext, CallProgress } from '../contract/method.ts';
import { describeIssues } from '../contract/issues.ts';
import { breath } from '../platform/breath.ts';
import { isSmall, jsonPieces } from './json-pieces.ts';
import { limited } from './limits.ts';
import { callTopic, parseMessage, protocolVersion, subscribeCall, subscribeInput } from './protocol.ts';
import type { CallMessage, Log, Message } from './protocol.ts';
import type { Transport } from './transport.ts';

interface Served<Implementation> {
  handlers: Implementation;
  events: {
    /** Calls `listener` for every event of the topic from now on, `seq` rising; returns the way to end it. */
    subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
  };
  close(): Promise<void>;
}

/** The engine, seen from outside. */
export type EngineLike = Served<Handlers>;
/** A worker, as the engine sees it. */
export type WorkerLike = Served<WorkerHandlers>;

type Handler = (input: unknown, context: CallContext) => Promise<unknown>;

/** Of a large result's text in one message: V8 keeps texts of more than 128 KiB apart, and never copies them. */
const PIECE_CHARACTERS = 2 ** 18;

/** Calls of one client that may run at a time, subscriptions among them; a window has some dozens. */
export const mostCalls = 2000;

/**
 * Answers every call that arrives over the transport. Inputs are checked by the contract's schemas here; whatever a
 * handler throws leaves as an ErrorValue, its stack goes to `log` only. When the transport closes, running calls are
 * aborted and subscriptions end; the engine itself stays open, for it may serve others.
 */
export function serve(transport: Transport, engine: EngineLike, log?: Log): void {
  void serveTable(transport, services, engine, log);
}

/** The same for a worker, whose one client is the engine. Resolves when the transport has closed and all calls have ended. */
export const serveWorker = (transport: Transport, worker: WorkerLike, log?: Log): Promise<void> =>
  serveTable(transport, workerServices, worker, log);

function serveTable(
  given: Transport,
  table: ServiceTable,
  served: Served<Partial<Record<string, object>>>,
  log: Log = () => undefined,
): Promise<void> {
  const transport = limited(given, log);
  const running = new Map<number, AbortController>();
  let isClosed = false;
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => (finish = resolve));

  /** A client may be gone, or an event not serialisable: neither may fail its sender, such as a run. */
  function send(message: Message): void {
    try {
      transport.post(message);
    } catch (thrown) {
      log(`A message of kind "${message.kind}" could not be sent`, thrown);
    }
  }

  function refuse(id: number, error: ErrorValue): void {
    send({ kind: 'result', id, outcome: { ok: false, error } });
  }

  async function answer(call: CallMessage): Promise<void> {
    const controller = new AbortController();
    running.set(call.id, controller);
    try {
      const value = await perform(call, controller.signal);
      const isWhole = isSmall(value);
      if (!isWhole) await sendPieces(call.id, value, controller.signal);
      const whole = isWhole ? (value ?? null) : null;
      transport.post({ kind: 'result', id: call.id, outcome: { ok: true, value: whole } });
    } catch (thrown) {
      const error = toErrorValue(withoutAbort(thrown, controller.signal));
      if (error.code !== 'CANCELLED') log(`${call.service}.${call.method} failed`, thrown);
      refuse(call.id, error);
    } finally {
      running.delete(call.id);
      if (isClosed && running.size === 0) finish();
    }
  }

  /** What is large is written and sent in pieces, between which others are answered. */
  async function sendPieces(id: number, value: unknown, signal: AbortSignal): Promise<void> {
    let text = '';
    const post = () => {
      transport.post({ kind: 'piece', id, text });
      text = '';
    };
    for (const piece of jsonPieces(value)) {
      text += piece;
      if (text.length >= PIECE_CHARACTERS) post();
      if (!breath.isDue) continue;
      await breath.take();
      signal.throwIfAborted();
    }
    post();
  }

  async function perform(call: CallMessage, signal: AbortSignal): Promise<unknown> {
    if (call.service === subscribeCall.service && call.method === subscribeCall.method) {
      const { topic } = checked(subscribeInput, call.input, 'events.subscribe');
      const end = served.events.subscribe(topic, (event, seq) => send({ kind: 'event', topic, seq, event }));
      await aborted(signal);
      end();
      return null;
    }
    const { schema, handler } = find(table, served.handlers, call);
    let seq = 0;
    const progress = (event: CallProgress): void =>
      send({ kind: 'event', topic: callTopic(call.id), seq: seq++, event });
    return handler(checked(schema, call.input, `${call.service}.${call.method}`), { signal, progress });
  }

  transport.onClose(() => {
    isClosed = true;
    for (const controller of running.values()) controller.abort();
    if (running.size === 0) finish();
  });
  transport.onMessage((received) => {
    const message = parseMessage(received, log);
    if (message?.kind === 'call') {
      if (running.has(message.id))
        log(`A second call with the running call's number ${message.id} was ignored.`);
      else if (running.size >= mostCalls) refuse(message.id, toErrorValue(tooManyCalls()));
      else void answer(message);
    } else if (message?.kind === 'cancel') running.get(message.id)?.abort();
    else if (message?.kind === 'ping') {
      if (!message.answer) transport.post({ kind: 'ping', answer: true });
    } else if (message?.kind === 'hello') {
      if (message.version === protocolVersion) return;
      log(`The other side speaks protocol ${message.version}, this one ${protocolVersion}: closing.`);
      transport.close();
    } else if (message) log(`A message of kind "${message.kind}" is not for the engine and was ignored.`);
  });
  transport.post({ kind: 'hello', version: protocolVersion });
  return ended;
}

const tooManyCalls = (): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `More than ${mostCalls} calls of one window run at the same time.`,
    'Wait for the answers to some of them, then try again.',
    { retryable: true },
  );

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** A handler that was asked to stop and threw the signal's own exception was cancelled, it did not fail. */
function withoutAbort(thrown: unknown, signal: AbortSignal): unknown {
  const fromSignal = thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
  return signal.aborted && fromSignal ? new DistillError('CANCELLED', 'The call was cancelled.') : thrown;
}

function find(
  table: ServiceTable,
  handlers: Partial<Record<string, object>>,
  { service, method }: CallMessage,
): { schema: z.ZodType; handler: Handler } {
  const methods = Object.hasOwn(table, service) ? table[service]! : {};
  const found = Object.hasOwn(methods, method) ? methods[method]! : null;
  // The names are known to the contract, and a handler fits its method; only the compiler cannot follow a name through both tables.
  const handler = found && (handlers[service] as Record<string, Handler | undefined> | undefined)?.[method];
  if (!handler) {
    const hint = 'The two sides are of different versions: install the same one.';
    throw new DistillError('INVALID_INPUT', `There is no method "${service}.${method}".`, hint);
  }
  return { schema: found.input, handler };
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown, name: string): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const message = `${name}: ${describeIssues(parsed.error.issues, schema, input).join('; ')}.`;
  throw new DistillError('INVALID_INPUT', message, 'Correct the value that is named and try again.');
}
