import { DistillError } from '../../contract/errors.ts';
import type { CallContext } from '../../contract/method.ts';
import { SharedWork } from './shared-work.ts';

interface Kept<T> {
  value: T;
  users: number;
  /** Out of the list: closed as soon as nobody uses it. */
  dropped: boolean;
  idle: NodeJS.Timeout;
}

export interface KeepOpenOptions<T> {
  /** How many are kept. */
  limit: number;
  /** Milliseconds without use after which one is closed. */
  idleMs: number;
  /** Whether what is kept is still valid; checked before each use. */
  isFresh: (value: T) => Promise<boolean>;
  /** Left out where nothing needs to be given back. */
  close?: (value: T) => Promise<void>;
}

/** Keeps the last few things that take long to open. Opened once for all who ask at the same time; closed when idle. */
export class KeepOpen<T> {
  readonly #options: KeepOpenOptions<T>;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept<T>>();
  readonly #opening = new SharedWork<Kept<T>>();
  readonly #checks = new Map<Kept<T>, Promise<boolean>>();
  #closed = false;

  constructor(options: KeepOpenOptions<T>) {
    this.#options = options;
  }

  /** What `work` makes of the thing under `key`, which stays open meanwhile. Throws what `open` throws, or CANCELLED. */
  async use<R>(
    key: string,
    open: (context: CallContext) => Promise<T>,
    context: CallContext,
    work: (value: T) => R | Promise<R>,
  ): Promise<R> {
    const kept = await this.#take(key, open, context);
    try {
      return await work(kept.value);
    } finally {
      kept.users--;
      kept.idle.refresh();
      await this.#release(kept);
    }
  }

  /** Forgets what is kept under `key`, where `which` selects it. */
  async drop(key: string, which: (value: T) => boolean = () => true): Promise<void> {
    const kept = this.#kept.get(key);
    if (!kept || !which(kept.value)) return;
    this.#kept.delete(key);
    clearTimeout(kept.idle);
    kept.dropped = true;
    await this.#release(kept);
  }

  /** Closes everything; what is in use as soon as it is not. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening.close();
    await Promise.all([...this.#kept.keys()].map((key) => this.drop(key)));
  }

  /** Counted as in use from here on. */
  async #take(
    key: string,
    open: (context: CallContext) => Promise<T>,
    context: CallContext,
  ): Promise<Kept<T>> {
    for (;;) {
      if (this.#closed) throw new DistillError('CANCELLED', 'The engine is closing.');
      const known = this.#kept.get(key);
      if (known && !(await this.#isFresh(known))) {
        if (this.#kept.get(key) === known) await this.drop(key);
        continue;
      }
      const kept =
        known ?? (await this.#opening.join(key, async (one) => this.#keep(key, await open(one)), context));
      // While others had their turn it may have been closed to make room.
      if (kept.dropped) continue;
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      kept.users++;
      return kept;
    }
  }

  /** One look for all who ask at the same time. */
  #isFresh(kept: Kept<T>): Promise<boolean> {
    const known = this.#checks.get(kept);
    if (known) return known;
    const check = this.#options.isFresh(kept.value).finally(() => this.#checks.delete(kept));
    this.#checks.set(kept, check);
    return check;
  }

  async #keep(key: string, value: T): Promise<Kept<T>> {
    const idle = setTimeout(
      () => void this.#dropIdle(key).catch(() => undefined),
      this.#options.idleMs,
    ).unref();
    const kept: Kept<T> = { value, users: 0, dropped: false, idle };
    this.#kept.set(key, kept);
    for (const oldest of [...this.#kept.keys()].slice(0, -this.#options.limit)) await this.drop(oldest);
    return kept;
  }

  async #dropIdle(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    if (kept && kept.users > 0) kept.idle.refresh();
    else await this.drop(key);
  }

  async #release(kept: Kept<T>): Promise<void> {
    if (kept.dropped && kept.users === 0) await this.#options.close?.(kept.value);
  }
}
