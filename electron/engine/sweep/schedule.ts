import { grouped } from '../../contract/grouped.ts';
import type { Member } from './members.ts';

const descending = (a: number, b: number): number => b - a;

/**
 * Which member of a sweep runs next: the first in order that has not run and whose teacher is there. Of members that share a teacher
 * one trains it, and the others wait until that one has ended; where it ended without a teacher, the next one tries.
 */
export class Schedule {
  readonly #members: readonly Pick<Member, 'teacherKey'>[];
  /** Members that may start, the first in order last. */
  #ready: number[];
  /** Members that wait for a teacher which another trains, by its key, the first in order last. */
  readonly #waiting: Map<string, number[]>;

  /** `done`: members that need not run; `trained`: keys of the teachers that are there. */
  constructor(
    members: readonly Pick<Member, 'teacherKey'>[],
    done: ReadonlySet<number>,
    trained: Iterable<string>,
  ) {
    this.#members = members;
    const there = new Set<string | null>(trained).add(null);
    const toRun = [...members.keys()].reverse().filter((index) => !done.has(index));
    const keyOf = (index: number) => members[index]!.teacherKey;
    const lacking = toRun.filter((index) => !there.has(keyOf(index)));
    this.#waiting = grouped(lacking, (index) => keyOf(index)!);
    const trainers = [...this.#waiting.values()].map((waiting) => waiting.pop()!);
    this.#ready = [...toRun.filter((index) => there.has(keyOf(index))), ...trainers].sort(descending);
  }

  /** The member to start now; null: none, or none before another has ended. */
  next(): number | null {
    return this.#ready.pop() ?? null;
  }

  /** A member that was started has ended; `hasTeacher`: whether the teacher that it needed is there now. */
  ended(index: number, hasTeacher: boolean): void {
    const { teacherKey } = this.#members[index]!;
    const waiting = teacherKey === null ? undefined : this.#waiting.get(teacherKey);
    if (!waiting) return;
    this.#ready = [...this.#ready, ...waiting.splice(hasTeacher ? 0 : -1)].sort(descending);
    if (hasTeacher) this.#waiting.delete(teacherKey!);
  }
}
