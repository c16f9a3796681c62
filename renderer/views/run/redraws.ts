/** Charts drawn in one frame. More would not fit into the 16 ms that a frame has; where even these do not, one. */
const perFrame = 2;
/** Milliseconds between two frames, from which on the window lags. */
const slowFrame = 20;

/** Draws charts in turn, a few each frame, so that however many there are the window stays fluent. */
export class Redraws {
  readonly #due = new Map<object, () => void>();
  readonly #onFrame: (callback: (time: number) => void) => unknown;
  #scheduled = false;
  #last = -Infinity;

  constructor(
    onFrame: (callback: (time: number) => void) => unknown = (callback) => requestAnimationFrame(callback),
  ) {
    this.#onFrame = onFrame;
  }

  /** Draws once, however often it is asked for before its turn. */
  request(owner: object, draw: () => void): void {
    this.#due.set(owner, draw);
    this.#schedule();
  }

  forget(owner: object): void {
    this.#due.delete(owner);
  }

  #schedule(): void {
    if (this.#scheduled || this.#due.size === 0) return;
    this.#scheduled = true;
    this.#onFrame((time) => {
      this.#scheduled = false;
      const since = time - this.#last;
      this.#last = time;
      // After a pause the last frame says nothing about the machine.
      const count = since > slowFrame && since < 1000 ? 1 : perFrame;
      for (const [owner, draw] of [...this.#due].slice(0, count)) {
        this.#due.delete(owner);
        draw();
      }
      this.#schedule();
    });
  }
}
