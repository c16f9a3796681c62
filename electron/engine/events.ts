import type { RunEvent } from '../contract/events.ts';

type Listener = (event: RunEvent, seq: number) => void;

/** Emits events to the listeners of a topic, each event with a number that rises by one per topic. */
export class EventBus {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #sequence = new Map<string, number>();

  publish(topic: string, event: RunEvent): void {
    const seq = (this.#sequence.get(topic) ?? 0) + 1;
    this.#sequence.set(topic, seq);
    for (const listener of this.#listeners.get(topic) ?? []) listener(event, seq);
  }

  /** Calls `listener` from now on; returns the way to end it. */
  subscribe(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(topic);
    };
  }
}
