import type { Recipe } from '../../contract/recipe.ts';
import { printable, mostNameLetters } from '../../contract/recipe-name.ts';
import type { Sweep } from '../../contract/sweep/sweep.ts';
import { type Setting, settingsOf, settingText } from './settings.ts';

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
 * that ends early leaves all settings with as many seeds. Throws what settingsOf throws.
 */
export function membersOf(sweep: Sweep): Member[] {
  const settings = settingsOf(sweep);
  const all = sweep.seeds.flatMap((seed) =>
    settings.map((setting, index) => memberOf(setting, index, seed, sweep)),
  );
  return sweep.budget.runs === null ? all : all.slice(0, sweep.budget.runs);
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
