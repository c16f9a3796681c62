import { z } from 'zod';
import { errorCodes } from '../contract/error-codes.ts';

/** Raised when a message changes its meaning. Both sides send theirs first and close the connection where they differ. */
export const protocolVersion = 2;

const callId = z.number().int().min(0);

const errorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
});

/** The seven kinds of message. All are JSON-safe. */
export const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), version: z.number().int() }),
  z.object({
    kind: z.literal('call'),
    id: callId,
    // They stand in logs and errors.
    service: z.string().max(100),
    method: z.string().max(100),
    input: z.unknown(),
  }),
  /** Asks the call to end early; its result still follows. */
  z.object({ kind: z.literal('cancel'), id: callId }),
  /** A piece of a large result's JSON text; its pieces come in order and before its `result`, whose value is null then. */
  z.object({ kind: z.literal('piece'), id: callId, text: z.string() }),
  z.object({
    kind: z.literal('result'),
    id: callId,
    outcome: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: errorSchema }),
    ]),
  }),
  /** `seq` rises within a topic; a gap means that events were missed. */
  z.object({ kind: z.literal('event'), topic: z.string(), seq: z.number().int().min(0), event: z.unknown() }),
  /** Sign of life; one with `answer` false is answered by one with `answer` true. */
  z.object({ kind: z.literal('ping'), answer: z.boolean() }),
]);

export type Message = z.output<typeof messageSchema>;
export type CallMessage = Extract<Message, { kind: 'call' }>;

/** The topic of one call's progress. */
export const callTopic = (id: number): string => `call:${id}`;

/**
 * The built-in service: a call of `events.subscribe` lasts as long as the subscription, and cancelling it ends the
 * subscription, so that subscribing needs no message of its own.
 */
export const subscribeCall = { service: 'events', method: 'subscribe' } as const;
export const subscribeInput = z.strictObject({ topic: z.string().min(1).max(10_000) });

/** Where the protocol logs what nobody waits for: ignored messages, stacks of errors. */
export type Log = (message: string, thrown?: unknown) => void;

/** The message, or null (logged) where something else arrived: a peer's fault must not bring this side down. */
export function parseMessage(received: unknown, log: Log): Message | null {
  const parsed = messageSchema.safeParse(received);
  if (parsed.success) return parsed.data;
  log(`A malformed message was ignored: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  return null;
}
