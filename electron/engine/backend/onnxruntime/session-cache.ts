import { setThreads } from './session-options.ts';
import type { Session } from './session.ts';

interface Kept {
  session: Session;
}

const caches = new Set<SessionCache<Kept>>();

/** Sessions that are kept for the next call of their kind, until `disposeSessions`. */
export class SessionCache<T extends Kept> {
  readonly #entries = new Map<string, T>();

  constructor() {
    caches.add(this);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry of this key, made where there is none. It is the cache's: nobody else keeps or disposes of it. */
  get(key: string, make: () => T): T {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = make();
      this.#entries.set(key, entry);
    }
    return entry;
  }

  clear(): void {
    for (const { session } of this.#entries.values()) session.dispose();
    this.#entries.clear();
  }
}

/** Sessions that are kept now, one for each kernel, shapes, layouts and attributes. */
export const sessionCount = (): number => [...caches].reduce((sum, { size }) => sum + size, 0);

/** Gives all of them back. They are created again where they are needed, so this is safe between any two kernels. */
export function disposeSessions(): void {
  for (const cache of caches) cache.clear();
}

/** Threads of every session from now on: those that have another number go. */
export function useThreads(count: number): void {
  if (setThreads(count)) disposeSessions();
}
