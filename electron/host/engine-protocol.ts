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
