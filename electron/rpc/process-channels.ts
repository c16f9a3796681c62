import type { Transport } from './transport.ts';

/** One message between two processes: to a channel of that number, which the process that opens it chooses. */
export type Envelope =
  { channel: number; kind: 'open' | 'close' } | { channel: number; kind: 'message'; message: unknown };

/** A process as its parent sees it, or the parent as the process does; keeps the order of messages. */
export interface ProcessLink {
  /**
   * Throws where the message is not JSON-safe; does nothing once the other side is gone. Calls `sent` once the message has left this
   * process, or never will.
   */
  send(envelope: Envelope, sent?: () => void): void;
  onMessage(listener: (received: unknown) => void): void;
  onGone(listener: () => void): void;
}

interface Channel {
  /** What arrived before there was a receiver. */
  inbox: unknown[];
  receive: ((received: unknown) => void) | null;
  closed: () => void;
}

/**
 * Any number of transports over one link. Where `accept` is given, the other side may open them too. When the other side
 * is gone, all of them close.
 */
export function processChannels(
  link: ProcessLink,
  accept: ((transport: Transport) => void) | null = null,
): { open(): Transport } {
  const channels = new Map<number, Channel>();
  let next = 0;
  let gone = false;

  function add(number: number): Transport {
    const channel: Channel = { inbox: [], receive: null, closed: () => undefined };
    channels.set(number, channel);
    const isOpen = (): boolean => channels.get(number) === channel;
    let sent = Promise.resolve();
    return {
      post(message) {
        if (!isOpen()) return;
        let leave = (): void => undefined;
        const left = new Promise<void>((resolve) => (leave = resolve));
        link.send({ channel: number, kind: 'message', message }, leave);
        sent = left;
      },
      sent: () => sent,
      onMessage(receive) {
        channel.receive = receive;
        queueMicrotask(() => deliver(number));
      },
      onClose(closed) {
        channel.closed = closed;
      },
      close() {
        if (!isOpen()) return;
        link.send({ channel: number, kind: 'close' });
        queueMicrotask(() => shut(number));
      },
    };
  }

  function deliver(number: number): void {
    const channel = channels.get(number);
    while (channel?.receive && channel.inbox.length > 0 && channels.has(number))
      channel.receive(channel.inbox.shift());
  }

  function shut(number: number): void {
    const channel = channels.get(number);
    if (channels.delete(number)) channel?.closed();
  }

  link.onMessage((received) => {
    if (!isEnvelope(received)) return;
    const { channel } = received;
    if (received.kind === 'close') shut(channel);
    else if (received.kind === 'message') {
      channels.get(channel)?.inbox.push(received.message);
      deliver(channel);
    } else if (accept && !channels.has(channel)) accept(add(channel));
  });
  link.onGone(() => {
    gone = true;
    for (const number of [...channels.keys()]) shut(number);
  });

  return {
    open() {
      const number = next++;
      const transport = add(number);
      if (gone) queueMicrotask(() => shut(number));
      else link.send({ channel: number, kind: 'open' });
      return transport;
    },
  };
}

/** Other messages may run over the same link; they are not ours. */
function isEnvelope(received: unknown): received is Envelope {
  if (received === null || typeof received !== 'object') return false;
  const { channel, kind } = received as Partial<Envelope>;
  return typeof channel === 'number' && (kind === 'open' || kind === 'close' || kind === 'message');
}
