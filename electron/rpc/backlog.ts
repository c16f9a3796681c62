/** Keeps what comes until there is somebody for it. */
export function backlog<Item>(): {
  push: (item: Item) => void;
  /** Hands over what was kept, and from then on everything at once. */
  drain: (receive: (item: Item) => void) => void;
} {
  const waiting: Item[] = [];
  let receiver: ((item: Item) => void) | null = null;
  return {
    push(item) {
      if (receiver) receiver(item);
      else waiting.push(item);
    },
    drain(receive) {
      receiver = receive;
      waiting.splice(0).forEach((item) => receive(item));
    },
  };
}
