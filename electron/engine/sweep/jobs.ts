import { totalEpochs } from '../../contract/training-steps.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import type { StudentEpochs } from './epoch-scores.ts';
import { Halving } from './halving.ts';
import type { Member } from './members.ts';
import { Schedule } from './schedule.ts';

/** A member to run, from where it was left. */
export interface Job {
  index: number;
  /** The epoch of its student after which it pauses; null: it runs to its end. */
  pauseAfter: number | null;
}

/** How far a member came in an earlier process. */
export interface EarlierWork {
  isCompleted: boolean;
  /** Of its student; null where the sweep stops no member early. */
  student: StudentEpochs | null;
}

/** What is to be run of a sweep, in which order: members that are promoted come before those that have not run. */
export class Jobs {
  readonly #schedule: Schedule;
  readonly #halving: Halving | null;
  #atWork = 0;

  /** `earlier`: of the members that have begun, by their index; `trained`: keys of the teachers that are there. */
  constructor(
    sweep: Pick<Sweep, 'halving'>,
    members: readonly Member[],
    earlier: ReadonlyMap<number, EarlierWork>,
    trained: Iterable<string>,
  ) {
    const epochs = members.map(({ recipe }) => totalEpochs(recipe.student.training.stages));
    this.#halving = sweep.halving && new Halving(sweep.halving, epochs);
    const settled = new Set<number>();
    for (const [index, { isCompleted, student }] of earlier) {
      const lastBegun = isCompleted ? Infinity : (student?.lastBegun ?? 0);
      const waits = (student && this.#halving?.restore(index, student.scores, lastBegun)) ?? false;
      if (isCompleted || waits) settled.add(index);
    }
    this.#schedule = new Schedule(members, settled, trained);
  }

  /** What to start now; null: nothing, or nothing before a member has ended. */
  next(): Job | null {
    const index =
      this.#halving?.promote() ??
      this.#schedule.next() ??
      (this.#atWork === 0 ? (this.#halving?.promote(true) ?? null) : null);
    if (index === null) return null;
    this.#atWork++;
    return { index, pauseAfter: this.#halving?.pauseAfter(index) ?? null };
  }

  /**
   * What was started has ended. `hasTeacher`: whether the teacher that it needed is there now; `score`: its student's where it has
   * paused as it was to, otherwise null.
   */
  ended(index: number, { hasTeacher, score }: { hasTeacher: boolean; score: number | null }): void {
    this.#atWork--;
    this.#schedule.ended(index, hasTeacher);
    if (score !== null) this.#halving?.record(index, score);
  }
}
