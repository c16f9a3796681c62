import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ClassSelection } from './class-selection.ts';

/** Which classes a teacher that is trained here learns, beside those of the student. */
export const taughtModes = ['all', 'same', 'chosen'] as const;
export type TaughtMode = (typeof taughtModes)[number];

function isSame(one: ClassSelection, other: ClassSelection): boolean {
  if (one === 'all' || other === 'all') return one === other;
  const [ids, others] = [new Set(one), new Set(other)];
  return ids.size === others.size && [...ids].every((id) => others.has(id));
}

export function taughtMode(teacher: ClassSelection, student: ClassSelection): TaughtMode {
  if (teacher === 'all') return 'all';
  return isSame(teacher, student) ? 'same' : 'chosen';
}

/** Chooses the student's classes; a teacher that learns the same ones goes on doing so. */
export function chooseStudentClasses({ data, teacher }: Recipe, next: ClassSelection): void {
  const before = data.trainClasses;
  if (teacher.source === 'train' && taughtMode(teacher.trainClasses, before) === 'same')
    teacher.trainClasses = next === 'all' ? 'all' : [...next];
  data.trainClasses = next;
}

/** How many of the classes that the student does not learn a teacher that is trained here knows; `classes`: all there are. */
export function taughtUnseen({ data, teacher }: Recipe, classes: number): number {
  if (teacher.source !== 'train') return 0;
  const { trainClasses: student } = data;
  const { trainClasses: taught } = teacher;
  if (student === 'all') return 0;
  const learnt = new Set(student);
  const known = taught === 'all' ? Array.from({ length: classes }, (_, id) => id) : taught;
  return known.filter((id) => id < classes && !learnt.has(id)).length;
}
