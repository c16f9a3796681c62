import type { Sweep } from '../../contract/sweep/sweep.ts';

/** One result at a rung; more is better. */
interface Placed {
  member: number;
  score: number;
}

/**
 * Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2): a
 * member pauses after minEpochs * factor^k epochs of its student, the rung k, and is promoted once it is among the best 1 / factor of
 * the results there are of that rung. After its last rung it runs to its end.
 */
export class Halving {
  readonly #plan: NonNullable<Sweep['halving']>;
  /** Epochs of each member's student. */
  readonly #epochs: readonly number[];
  /** How often each member was promoted. */
  readonly #promotions: number[];
  /** The best first, of equals the first in order. */
  readonly #rungs: Placed[][] = [];

  constructor(plan: NonNullable<Sweep['halving']>, epochs: readonly number[]) {
    this.#plan = plan;
    this.#epochs = epochs;
    this.#promotions = epochs.map(() => 0);
  }

  /** The epoch after which a member is to pause; null: it is to run to its end. */
  pauseAfter(member: number): number | null {
    const { minEpochs, factor } = this.#plan;
    const epoch = minEpochs * factor ** this.#promotions[member]!;
    return epoch < this.#epochs[member]! ? epoch : null;
  }

  /** A member has come to the epoch after which it is to pause. */
  record(member: number, score: number): void {
    const rung = (this.#rungs[this.#promotions[member]!] ??= []);
    const worse = rung.findIndex(
      (other) => other.score < score || (other.score === score && other.member > member),
    );
    rung.splice(worse < 0 ? rung.length : worse, 0, { member, score });
  }

  /**
   * Promotes a member, from the highest rung on which one has earned it; null: none has. `isLast`: no other result will come; then
   * the best of a rung with fewer results than `factor` is promoted, too, so that a member runs to its end.
   */
  promote(isLast = false): number | null {
    for (let k = this.#rungs.length - 1; k >= 0; k--) {
      const rung = this.#rungs[k] ?? [];
      const places = Math.max(Math.floor(rung.length / this.#plan.factor), isLast ? 1 : 0);
      const next = rung.slice(0, places).find(({ member }) => this.#promotions[member] === k);
      if (!next) continue;
      this.#promotions[next.member]!++;
      return next.member;
    }
    return null;
  }

  /**
   * Takes over a member of an earlier process. `scores`: by the student's epoch; `lastBegun`: the last epoch that its student began,
   * Infinity where it has ended. Only that shows that it was promoted: a process may end between the last epoch before a pause and the
   * pause. Gives whether it waits to be promoted.
   */
  restore(member: number, scores: ReadonlyMap<number, number>, lastBegun: number): boolean {
    for (let pause = this.pauseAfter(member); pause !== null; pause = this.pauseAfter(member)) {
      const score = scores.get(pause);
      if (score === undefined) return false;
      this.record(member, score);
      if (lastBegun <= pause) return true;
      this.#promotions[member]!++;
    }
    return false;
  }
}
