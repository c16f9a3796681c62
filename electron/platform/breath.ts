import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** Milliseconds that work in slices may hold its thread. The engine may for 20, and a slice is noticed to be long only when it is over. */
const HOLD_MS = 5;

/** When the first of those who asked in this turn of the event loop did so; null: nobody has yet. */
let began: number | null = null;

function isHeld(): boolean {
  if (began === null) {
    began = performance.now();
    void turnOfLoop().then(() => (began = null));
  }
  return performance.now() - began > HOLD_MS;
}

/**
 * For long work in a process that answers, which asks between small pieces of it whether it is time to let others have their turn. All
 * long work of a thread shares one turn: ten calls that each held it for 5 ms would hold it for 50 together.
 */
export const breath = {
  /** Whether the thread has been held for long enough. Cheap, so that `take` need not be awaited for every piece. */
  get isDue(): boolean {
    return isHeld();
  },

  /**
   * Lets everything else that waits have its turn. All who wait here are resumed in the same turn of the loop; whoever then finds that
   * the others have held the thread for long enough waits for another turn.
   */
  async take(): Promise<void> {
    do await turnOfLoop();
    while (isHeld());
  },
};
