import type { Member } from './members.ts';

/**
 * Which member of a sweep runs next: the first in order that is neither done nor at work and whose teacher is there. Of members that
 * share a teacher one trains it, and the others wait until that one has ended; where it ended without a teacher, the next one tries.
 */
export class Schedule {
  readonly #members: readonly Pick<Member, 'teacherKey'>[];
  /** Members to run, in their order. */
  readonly #waiting: Set<number>;
  readonly #atWork = new Set<number>();
  /** Teachers that are trained. */
  readonly #trained: Set<string>;
  /** Teachers that a member at work trains. */
  readonly #inTraining = new Set<string>();

  /** `done`: members that need not run; `trained`: keys of the teachers that are there. */
  constructor(
    members: readonly Pick<Member, 'teacherKey'>[],
    done: ReadonlySet<number>,
    trained: Iterable<string>,
  ) {
    this.#members = members;
    this.#waiting = new Set([...members.keys()].filter((index) => !done.has(index)));
    this.#trained = new Set(trained);
  }

  get isDone(): boolean {
    return this.#waiting.size === 0 && this.#atWork.size === 0;
  }

  /** The member to start now, which counts as at work from here on; null: none, or none before another has ended. */
  next(): number | null {
    for (const index of this.#waiting) {
      const { teacherKey } = this.#members[index]!;
      if (teacherKey !== null && !this.#trained.has(teacherKey)) {
        if (this.#inTraining.has(teacherKey)) continue;
        this.#inTraining.add(teacherKey);
      }
      this.#waiting.delete(index);
      this.#atWork.add(index);
      return index;
    }
    return null;
  }

  /** A member at work has ended; `hasTeacher`: whether the teacher that it needed is there now. */
  ended(index: number, hasTeacher: boolean): void {
    this.#atWork.delete(index);
    const { teacherKey } = this.#members[index]!;
    if (teacherKey === null) return;
    if (hasTeacher) this.#trained.add(teacherKey);
    this.#inTraining.delete(teacherKey);
  }
}
