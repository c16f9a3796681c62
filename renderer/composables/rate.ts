/** Seconds and share of the work after which a rate is a basis for the rest. */
const leastSeconds = 2;
const leastShare = 0.02;

/** Time left by the rate so far. */
export class RateEstimator {
  readonly #now: () => number;
  #began: { time: number; done: number } | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Seconds until `total`; null before there is a sound estimate. */
  remaining(done: number, total: number): number | null {
    const time = this.#now();
    this.#began ??= { time, done };
    const seconds = (time - this.#began.time) / 1000;
    const work = done - this.#began.done;
    if (seconds < leastSeconds || work <= 0 || work < leastShare * total) return null;
    return (seconds / work) * (total - done);
  }
}
