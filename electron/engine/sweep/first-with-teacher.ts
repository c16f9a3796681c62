import type { Member } from './members.ts';

/**
 * Of the members with one given teacher the first that runs makes the store of its logits, and the others begin once it has ended:
 * all of them see the images as its seed has them, however many run at a time. Members whose teacher is trained in the sweep wait
 * for its training anyway.
 */
export class FirstWithTeacher {
  /** Ends of the first members, by their data and teacher. */
  readonly #firsts = new Map<string, Promise<unknown>>();

  inTurn<T>(
    { recipe, teacherKey }: Pick<Member, 'recipe' | 'teacherKey'>,
    run: () => Promise<T>,
  ): Promise<T> {
    if (teacherKey !== null) return run();
    const key = JSON.stringify([recipe.data, recipe.teacher]);
    const first = this.#firsts.get(key);
    if (first) return first.then(run);
    const ended = run();
    this.#firsts.set(
      key,
      ended.catch(() => undefined),
    );
    return ended;
  }
}
