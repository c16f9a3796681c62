import type { Member } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';

/** The trained teachers of a sweep: for each key the run folder of the first member that trained it, so that all have the same one. */
export class Teachers {
  readonly #folder: SweepFolder;
  readonly #members: readonly Member[];
  readonly #found = new Map<string, string>();

  private constructor(folder: SweepFolder, members: readonly Member[]) {
    this.#folder = folder;
    this.#members = members;
  }

  /** Looks through the members that have begun. */
  static async find(folder: SweepFolder, members: readonly Member[]): Promise<Teachers> {
    const teachers = new Teachers(folder, members);
    for (const index of members.keys()) await teachers.look(index);
    return teachers;
  }

  get keys(): Iterable<string> {
    return this.#found.keys();
  }
  /** The run with the teacher that a member needs; null where it is given one, or where none is trained yet. */
  of({ teacherKey }: Member): string | null {
    return teacherKey === null ? null : (this.#found.get(teacherKey) ?? null);
  }

  /** Notes the teacher that a member trained, if it did. Gives whether the member's teacher is there. */
  async look(index: number): Promise<boolean> {
    const { teacherKey } = this.#members[index]!;
    if (teacherKey === null || this.#found.has(teacherKey)) return true;
    const run = await this.#folder.openMember(index);
    if (run?.recipe.teacher.source !== 'train') return false;
    if (!run.finished.some(({ role }) => role === 'teacher')) return false;
    this.#found.set(teacherKey, run.folder);
    return true;
  }
}
