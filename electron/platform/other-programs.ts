import { availableParallelism, cpus } from 'node:os';

/** A value in between shows too little. */
const leastSeconds = 4;

interface Sample {
  at: number;
  /** Of all cores, in seconds. */
  busy: number;
  total: number;
  /** Of this process. */
  own: number;
}

function look(): Sample {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    busy += (all - times.idle) / 1000;
    total += all / 1000;
  }
  const { user, system } = process.cpuUsage();
  return { at: performance.now() / 1000, busy, total, own: (user + system) / 1e6 };
}

/** Watches what share of the processor other programs take. */
export class OtherPrograms {
  #last = look();
  #share = 0;

  /** Of the cores that this process may use, in [0, 1], over the last seconds. */
  get share(): number {
    if (performance.now() / 1000 - this.#last.at < leastSeconds) return this.#share;
    const now = look();
    const cores = cpus().length;
    const total = now.total - this.#last.total;
    // A system that does not report the times of its cores has no total.
    if (cores > 0 && total > 0) {
      const others = Math.max(0, now.busy - this.#last.busy - (now.own - this.#last.own));
      this.#share = Math.min(1, (others / total) * (cores / Math.min(cores, availableParallelism())));
    }
    this.#last = now;
    return this.#share;
  }
}
