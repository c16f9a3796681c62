import { isActive } from '../../contract/run.ts';
import { runTopic } from '../../contract/services.ts';
import type { EventBus } from '../events.ts';
import { recover } from '../run-folder/recovery.ts';

/** Milliseconds between two looks. */
const WATCH_MS = 1000;

/**
 * Reports the end of runs that somebody has opened and that another process works on, such as a worker that an engine left behind.
 */
export class WatchedRuns {
  readonly #events: EventBus;
  readonly #isHere: (folder: string) => boolean;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** `isHere`: whether this engine works on the run, and so reports its end itself. */
  constructor(events: EventBus, isHere: (folder: string) => boolean) {
    this.#events = events;
    this.#isHere = isHere;
  }

  watch(folder: string): void {
    if (this.#timers.has(folder)) return;
    const timer = setInterval(() => {
      recover(folder).then(
        ({ state, error }) => {
          if (isActive(state) && !this.#isHere(folder)) return;
          this.#unwatch(folder);
          if (!this.#isHere(folder)) this.#events.publish(runTopic(folder), { type: 'state', state, error });
        },
        () => this.#unwatch(folder),
      );
    }, WATCH_MS);
    timer.unref();
    this.#timers.set(folder, timer);
  }

  #unwatch(folder: string): void {
    clearInterval(this.#timers.get(folder));
    this.#timers.delete(folder);
  }

  close(): void {
    for (const folder of this.#timers.keys()) this.#unwatch(folder);
  }
}
