import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** Milliseconds that work in slices may hold its thread. The engine may for 20, and a slice is noticed to be long only when it is over. */
const HOLD_MS = 5;

/** For long work in a process that answers: asked between small pieces of the work whether it is time to let others have their turn. */
export class Breath {
  #since = performance.now();

  /** Whether this work has held the thread for long enough. Cheap, so that `take` need not be awaited for every piece. */
  get isDue(): boolean {
    return performance.now() - this.#since > HOLD_MS;
  }

  /** Lets everything else that waits have its turn. */
  async take(): Promise<void> {
    await turnOfLoop();
    this.#since = performance.now();
  }
}
