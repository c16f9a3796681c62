/**
 * What a host says to the engine's process, beside what runs over the channels. Under Electron these are the messages of
 * `utilityProcess.postMessage`, `client` with the engine's end of a MessageChannelMain transferred; under child_process
 * clients are channels within process.send, see rpc/process-channels.ts, and only `shutdown` is one of these.
 */
export type HostMessage =
  /** A new client, whose port is transferred with the message. */
  | { kind: 'client' }
  /** Save what is at work, then exit with code 0. */
  | { kind: 'shutdown' };

/** What the engine's process says to its host, beside what runs over the channels. */
export interface EngineMessage {
  kind: 'working';
  /** Whether it computes and so may not answer for minutes. */
  value: boolean;
}

/** Another message over the same link is not ours: null. */
export function engineMessage(received: unknown): EngineMessage | null {
  if (received === null || typeof received !== 'object') return null;
  const { kind, value } = received as Partial<EngineMessage>;
  return kind === 'working' && typeof value === 'boolean' ? { kind, value } : null;
}
