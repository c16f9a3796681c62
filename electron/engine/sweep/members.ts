import type { Recipe } from '../../contract/recipe.ts';
import { printable, mostNameLetters } from '../../contract/recipe-name.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import { memberCount } from '../../contract/sweep/sweep-size.ts';
import { breath } from '../../platform/breath.ts';
import { type Setting, eachSetting, settingText } from './settings.ts';

/** One run of a sweep, as it is planned. */
export interface Member extends Setting {
  setting: number;
  seed: number;
  /** Members with the same one have the same data and the same teacher, which is trained once. null: the recipe is given a teacher. */
  teacherKey: string | null;
}

function memberOf({ values, recipe }: Setting, setting: number, seed: number, sweep: Sweep): Member {
  const { data, teacher } = recipe;
  const split = { ...data.split, seed: data.split.seed ?? sweep.base.seed };
  const planned: Recipe = {
    ...recipe,
    name: printable(`${sweep.name}: ${settingText(values)}, seed ${seed}`, mostNameLetters),
    seed,
    // The division must not change with the seed: the shared teacher would have learnt from some run's held-out images.
    data: { ...data, split },
  };
  const teacherKey = teacher.source === 'train' ? JSON.stringify([planned.data, teacher]) : null;
  return { values, setting, seed, recipe: planned, teacherKey };
}

/**
 * The runs of a sweep in their order: every setting with the first seed, then every setting with the second, so that a budget
 * that ends early leaves all settings with as many seeds. Settings that its runs do not reach are not made. Throws what eachSetting
 * throws.
 */
function* eachMember(sweep: Sweep): Generator<Member> {
  const most = memberCount(sweep);
  const settings: Setting[] = [];
  let made = 0;
  for (const seed of sweep.seeds) {
    // Each is made once.
    const known = made === 0 ? null : settings;
    let index = 0;
    for (const setting of known ?? eachSetting(sweep)) {
      if (made === most) return;
      if (known === null) settings.push(setting);
      yield memberOf(setting, index++, seed, sweep);
      made++;
    }
  }
}

export const membersOf = (sweep: Sweep): Member[] => [...eachMember(sweep)];

/** The same in the engine's process: ten thousand members are half a second's work, between whose pieces others have their turn. */
export async function planMembers(sweep: Sweep): Promise<Member[]> {
  const members: Member[] = [];
  for (const member of eachMember(sweep)) {
    members.push(member);
    if (breath.isDue) await breath.take();
  }
  return members;
}

/** A member's recipe with its teacher taken from the run in which that was trained. */
export const withTeacherOf = (recipe: Recipe, folder: string): Recipe => ({
  ...recipe,
  teacher: { source: 'run', path: folder, role: 'teacher' },
});

/** The members that train a teacher which others may share, in order: the first with each key. */
export function trainers(members: readonly Pick<Member, 'teacherKey'>[]): number[] {
  const seen = new Set<string | null>([null]);
  return [...members.keys()].filter((index) => {
    const { teacherKey } = members[index]!;
    return !seen.has(teacherKey) && seen.add(teacherKey);
  });
}
