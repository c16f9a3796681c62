import { DistillError } from '../../contract/errors.ts';
import type { CallContext, CallProgress } from '../../contract/method.ts';

interface Running<T> {
  result: Promise<T>;
  abort: AbortController;
  listeners: Set<CallContext['progress']>;
  last: CallProgress | null;
}

/** One piece of work for all who ask for it under the same key at the same time. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();
  #closed = false;

  /**
   * The result of the work under `key`, which `start` begins where nobody else has. Whoever's signal is aborted leaves with
   * CANCELLED; when the last has left, the work itself is aborted, and has ended when that call returns.
   */
  async join(
    key: string,
    start: (context: CallContext) => Promise<T>,
    { signal, progress }: CallContext,
  ): Promise<T> {
    for (;;) {
      if (signal.aborted || this.#closed) throw cancelled();
      const running = this.#running.get(key) ?? this.#begin(key, start);
      if (!running.abort.signal.aborted) return this.#wait(running, signal, progress);
      // Its last caller has left: it must be gone before the same work may start again.
      await running.result.catch(() => undefined);
    }
  }

  /** Aborts all work and returns when it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.allSettled(running.map(({ result }) => result));
  }

  #begin(key: string, start: (context: CallContext) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const listeners = new Set<CallContext['progress']>();
    const progress = (one: CallProgress) => {
      running.last = one;
      for (const listener of listeners) listener(one);
    };
    const work = async () => {
      try {
        return await start({ signal: abort.signal, progress });
      } finally {
        this.#running.delete(key);
      }
    };
    // Begun in a later turn, so that `running` is there when it reports its progress.
    const running: Running<T> = { result: Promise.resolve().then(work), abort, listeners, last: null };
    this.#running.set(key, running);
    return running;
  }

  async #wait(running: Running<T>, signal: AbortSignal, progress: CallContext['progress']): Promise<T> {
    // A function of its own: the same one may be given by two callers.
    const listener = (one: CallProgress) => progress(one);
    running.listeners.add(listener);
    if (running.last) progress(running.last);
    let leave: () => void = () => undefined;
    const left = new Promise<null>((resolve) => {
      leave = () => {
        running.listeners.delete(listener);
        if (running.listeners.size === 0) running.abort.abort();
        else resolve(null);
      };
    });
    signal.addEventListener('abort', leave);
    try {
      const result = await Promise.race([running.result.then((value) => ({ value })), left]);
      if (result === null) throw cancelled();
      return result.value;
    } finally {
      signal.removeEventListener('abort', leave);
      running.listeners.delete(listener);
    }
  }
}

const cancelled = () => new DistillError('CANCELLED', 'The work was cancelled.');
