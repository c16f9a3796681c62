/** Milliseconds of the 16 of a frame that drawing may take; painting comes on top. One chart is drawn in any case. */
const budget = 5;
/** Milliseconds between two frames, from which on the window lags. */
const slowFrame = 20;

/** Draws charts in turn, as many each frame as there is time for, so that however many there are the window stays fluent. */
export class Redraws {
  readonly #due = new Map<object, () => void>();
  readonly #onFrame: (callback: (time: number) => void) => unknown;
  readonly #now: () => number;
  #scheduled = false;
  #last = -Infinity;
  #favoured: object | null = null;
  /** Whether the favoured one was all that was drawn in the last frame. */
  #wasFavoured = false;

  constructor(
    onFrame: (callback: (time: number) => void) => unknown = (callback) => requestAnimationFrame(callback),
    now: () => number = () => performance.now(),
  ) {
    this.#onFrame = onFrame;
    this.#now = now;
  }

  /** Draws once, however often it is asked for before its turn. */
  request(owner: object, draw: () => void): void {
    this.#due.set(owner, draw);
    this.#schedule();
  }

  /** Draws the one that somebody works on before the others; where a frame has time for one only, every other time. */
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
      // After a pause the last frame is no measure of the machine.
      const isLagging = since > slowFrame && since < 1000;
      this.#draw(isLagging ? 0 : budget);
      this.#schedule();
    });
  }

  #draw(milliseconds: number): void {
    const begun = this.#now();
    const drawn: object[] = [];
    for (const [owner, draw] of this.#inTurn()) {
      if (drawn.length > 0 && this.#now() - begun >= milliseconds) break;
      this.#due.delete(owner);
      draw();
      drawn.push(owner);
    }
    this.#wasFavoured = drawn.length === 1 && drawn[0] === this.#favoured;
  }

  #inTurn(): [object, () => void][] {
    const due = [...this.#due];
    const isFavoured = ([owner]: readonly [object, unknown]) => owner === this.#favoured;
    const [favoured, others] = [due.filter(isFavoured), due.filter((one) => !isFavoured(one))];
    return this.#wasFavoured ? [...others, ...favoured] : [...favoured, ...others];
  }
}
