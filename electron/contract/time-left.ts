/** Old work counts less: by a factor e after this many seconds. */
const memorySeconds = 20;
/** So much must have been watched before a rate means anything, */
const leastSeconds = 2;
/** and either this share of the work, or this long. */
const leastShare = 0.02;
const longSeconds = 10;

/**
 * Estimates how many seconds a piece of work still takes, from its recent rate. Called with what is done each time that is
 * reported; `now` in milliseconds.
 *
 * The rate is work over time, both summed with weights exp(-age / 20 s). The first call only sets the start, so that
 * what preceded it (such as opening archives) is not charged to the rest. null until the work was watched for 2 s and for 2 % of
 * it, or for 10 s; and while nothing has been done.
 */
export function timeLeft(): (done: number, total: number, now?: number) => number | null {
  let first: { done: number; total: number; now: number } | null = null;
  let last = { done: 0, now: 0 };
  let work = 0;
  let seconds = 0;
  return (done, total, now = performance.now()) => {
    if (first === null || done < last.done || total !== first.total) {
      first = { done, total, now };
      work = 0;
      seconds = 0;
    } else {
      const passed = (now - last.now) / 1000;
      const fade = Math.exp(-passed / memorySeconds);
      work = work * fade + done - last.done;
      seconds = seconds * fade + passed;
    }
    last = { done, now };
    if (done >= total) return 0;
    const watched = (now - first.now) / 1000;
    const isEnough = done - first.done >= leastShare * total || watched >= longSeconds;
    if (work === 0 || watched < leastSeconds || !isEnough) return null;
    return ((total - done) * seconds) / work;
  };
}
