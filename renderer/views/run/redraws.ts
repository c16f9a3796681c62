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
  #favoured: object | null = null;
  /** Whether the favoured one was drawn in the last frame. */
  #wasFavoured = false;

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

  /** Draws the one that somebody works on before the others; where a frame has room for one only, every other time. */
  favour(owner: object): void {
    this.#favoured = owner;
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
      const due = this.#inTurn(count).slice(0, count);
      this.#wasFavoured = due.some(([owner]) => owner === this.#favoured);
      for (const [owner, draw] of due) {
        this.#due.delete(owner);
        draw();
      }
      this.#schedule();
    });
  }

  #inTurn(count: number): [object, () => void][] {
    const due = [...this.#due];
    const isFavoured = ([owner]: readonly [object, unknown]) => owner === this.#favoured;
    const [favoured, others] = [due.filter(isFavoured), due.filter((one) => !isFavoured(one))];
    return count === 1 && this.#wasFavoured ? [...others, ...favoured] : [...favoured, ...others];
  }
}
