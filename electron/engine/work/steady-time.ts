/** What is left, by what takes it, in seconds. */
export type TimeParts<Part extends string = string> = Readonly<Record<Part, number>>;

export interface ShownTime {
  seconds: number;
  /** In a sentence, why it has risen; null where it has not. */
  reason: string | null;
}

/** By so much a time that is shown may rise without a reason; less than a fifth, since it is rounded where it is shown. */
const mostRise = 1.15;
/** A time this short, in whole seconds, would show any rise as more than that. */
const shortSeconds = 20;
/** A higher forecast counts only after this many seconds, this many times, and by this many seconds. */
const patience = 3;
const leastTimes = 4;
const leastRise = 2;
/** So long a reason is shown. */
const reasonSeconds = 60;

const sumOf = (parts: TimeParts): number => Object.values(parts).reduce((sum, one) => sum + one, 0);

/**
 * The time left as it is shown: what was forecast, but never more than 15 % above the least that was shown, until the forecast
 * has been higher for three seconds. Then it is followed, with the reason.
 */
export class SteadyTime<Part extends string> {
  /** The least that was shown since the last reason. */
  #least = Infinity;
  /** The forecast that was last shown as it was. */
  #accepted: TimeParts<Part> | null = null;
  #higher: { since: number; times: number } | null = null;
  #reason: { text: string; at: number } | null = null;

  /** `why` names the reason, by the part that has grown most. `now` in seconds. */
  next(parts: TimeParts<Part>, why: (part: Part) => string, now: number): ShownTime {
    const forecast = sumOf(parts);
    const limit = this.#least < shortSeconds ? this.#least : this.#least * mostRise;
    if (this.#reason && now - this.#reason.at >= reasonSeconds) this.#reason = null;
    if (forecast <= limit) {
      this.#higher = null;
      return this.#show(forecast, parts);
    }
    this.#higher ??= { since: now, times: 0 };
    this.#higher.times++;
    const { since, times } = this.#higher;
    if (now - since < patience || times < leastTimes || forecast - limit < leastRise)
      return { seconds: limit, reason: this.#reason?.text ?? null };
    this.#reason = { text: why(this.#grownMost(parts)), at: now };
    this.#higher = null;
    this.#least = Infinity;
    return this.#show(forecast, parts);
  }

  #show(seconds: number, parts: TimeParts<Part>): ShownTime {
    this.#least = Math.min(this.#least, seconds);
    this.#accepted = parts;
    return { seconds, reason: this.#reason?.text ?? null };
  }

  #grownMost(parts: TimeParts<Part>): Part {
    const before = this.#accepted ?? parts;
    const names = Object.keys(parts) as Part[];
    return names.reduce((most, name) =>
      parts[name] - before[name] > parts[most] - before[most] ? name : most,
    );
  }
}
