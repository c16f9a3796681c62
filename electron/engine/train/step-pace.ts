import { median } from '../numbers/quantile.ts';

/** Old steps count less: by a factor e after this many seconds of steps. */
const memorySeconds = 60;
/** A step that takes longer than this many usual ones has a stall in it. */
const stall = 3;
/** Steps that define what is usual. */
const windowSteps = 31;
/** This many steps define what is usual before any counts permanently. */
const firstSteps = 5;
/** Fewer do where they took so long. */
const longSeconds = 10;
/** A pace that was known before the first step counts as this many steps. */
const priorSteps = 8;
/** Stalls are spread over the rest as if this many seconds without any had gone before. */
const calmSeconds = 60;

/**
 * How long a step takes, for a forecast: the mean of late, in which a stall (a disk that wakes, a graph that is built) counts as
 * three usual steps. What stalls took beyond is spread over the time in which they happened, so that a single one hardly
 * moves the forecast and regular ones are all counted.
 */
export class StepPace {
  readonly #window: number[] = [];
  #sum = 0;
  #weight = 0;
  #excess = 0;
  #useful = 0;
  #steps = 0;
  readonly #hasPrior: boolean;

  /** `prior`: seconds a step, foreseen; null: nothing is. */
  constructor(prior: number | null = null) {
    this.#hasPrior = prior !== null;
    if (prior === null) return;
    this.#sum = priorSteps * prior;
    this.#weight = priorSteps;
    for (let i = 0; i < priorSteps; i++) this.#window.push(prior);
  }

  add(seconds: number): void {
    this.#steps++;
    this.#window.push(seconds);
    if (this.#window.length > windowSteps) this.#window.shift();
    if (this.#hasPrior || this.#steps > firstSteps) this.#count(seconds);
    else if (this.#steps === firstSteps) for (const one of this.#window) this.#count(one);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Whether enough is known for a forecast of the whole. */
  get isSure(): boolean {
    const watched = this.#window.reduce((sum, one) => sum + one, 0);
    return this.#hasPrior || this.#steps >= firstSteps || (this.#steps >= 3 && watched >= longSeconds);
  }

  /** Seconds a step; null where nothing is known. */
  get seconds(): number | null {
    const few = this.#hasPrior || this.#steps >= firstSteps ? [] : this.#window;
    const most = this.#most;
    const sum = few.reduce((total, one) => total + Math.min(one, most), this.#sum);
    const weight = this.#weight + few.length;
    if (weight === 0) return null;
    return (sum / weight) * (1 + this.#excess / (this.#useful + calmSeconds));
  }

  get #most(): number {
    return this.#window.length === 0 ? Infinity : stall * median(this.#window);
  }

  #count(seconds: number): void {
    // Beside what was foreseen, the first ones are believed less: they build what the others use.
    const most = this.#hasPrior && this.#steps <= firstSteps ? this.#most / 2 : this.#most;
    const counted = Math.min(seconds, most);
    const fade = Math.exp(-counted / memorySeconds);
    this.#sum = this.#sum * fade + counted;
    this.#weight = this.#weight * fade + 1;
    // What the first steps have to build, they build once.
    if (this.#steps > firstSteps) this.#excess += seconds - counted;
    this.#useful += counted;
  }
}
