import type { Message } from './protocol.ts';

/**
 * One end of a two-way channel that keeps the order of messages. Adapters are thin: what crosses the channel is
 * defined in protocol.ts, and what arrives is checked there, so an adapter passes on whatever it receives.
 */
export interface Transport {
  /** Sends one message; does nothing once closed. Throws where the message cannot be serialised. */
  post(message: Message): void;
  /** Sets the one receiver. Messages that arrived earlier are kept for it. */
  onMessage(receive: (received: unknown) => void): void;
  /** Called once, when either end closes or the other side dies. */
  onClose(closed: () => void): void;
  close(): void;
  /**
   * Settles when what was posted last has left this process; absent where a transport cannot know. Whoever passes messages on waits for
   * it before taking more, so that a flood stays with its sender.
   */
  sent?(): Promise<void>;
}
