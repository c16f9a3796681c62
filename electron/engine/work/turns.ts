import { DistillError } from '../../contract/errors.ts';

interface Waiting {
  size: number;
  begin: () => void;
}

/** Thirds, say, add up to a little more than one. */
const rounding = 1e-9;

/** Runs at most this much work at a time; the rest waits, first come, first served. */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** `size`: how much of the limit the work takes. Throws CANCELLED where the signal was aborted before its turn came. */
  async take<T>(signal: AbortSignal | null, work: () => Promise<T>, size = 1): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ size, begin });
      this.#admit();
    });
    try {
      if (signal?.aborted) throw new DistillError('CANCELLED', 'The work was cancelled.');
      return await work();
    } finally {
      this.#free += size;
      this.#admit();
    }
  }

  #admit(): void {
    for (let [next] = this.#waiting; next && next.size <= this.#free + rounding; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.size;
      next.begin();
    }
  }
}
