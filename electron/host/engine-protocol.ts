import { z } from 'zod';
import { workerRoles } from '../contract/worker.ts';

/**
 * What a host sends to the engine's process or a worker's outside the channels. Under Electron these are the messages of
 * `utilityProcess.postMessage`, ports transferred with them; under child_process clients are channels within process.send, see
 * rpc/process-channels.ts, and only `shutdown` is one of these.
 */
export type HostMessage =
  /** A new client, whose port is transferred with the message. */
  | { kind: 'client' }
  /** Save what is at work, then exit with code 0. */
  | { kind: 'shutdown' }
  /** A worker that was asked for; the port to it is transferred with the message. */
  | { kind: 'worker'; id: number }
  /** It is gone. */
  | { kind: 'worker-exit'; id: number; reason: string };

/** What the engine's process asks of Electron's main process, which alone can start utility processes. */
const engineMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start-worker'), id: z.number().int(), role: z.enum(workerRoles) }),
  z.object({ kind: z.literal('kill-worker'), id: z.number().int() }),
]);
export type EngineMessage = z.output<typeof engineMessageSchema>;

/** Another message over the same link is not ours: null. */
export const engineMessage = (received: unknown): EngineMessage | null =>
  engineMessageSchema.safeParse(received).data ?? null;
