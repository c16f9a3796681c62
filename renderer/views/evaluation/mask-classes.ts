import type { Judgement } from '../../../electron/contract/judgement.ts';
import type { Mask } from '../../../electron/contract/services.ts';

/** The classes that a mask names before it is inverted, in order. */
export function namedClasses(which: Mask['classes'], classes: Judgement['classes']): number[] {
  const listed = new Set(Array.isArray(which) ? which : []);
  const isNamed = ({ id, seen }: Judgement['classes'][number]) =>
    Array.isArray(which) ? listed.has(id) : which === 'all' || seen === (which === 'seen');
  return classes.filter(isNamed).map(({ id }) => id);
}

/** Whether no class is left under a mask: there is nothing to judge then. */
export function leavesNone({ classes: which, invert }: Mask, classes: Judgement['classes']): boolean {
  return namedClasses(which, classes).length === (invert ? classes.length : 0);
}

/** The mask with a class chosen or not; null where that would leave none. */
export function withClass(mask: Mask, classes: Judgement['classes'], id: number, on: boolean): Mask | null {
  const named = new Set(namedClasses(mask.classes, classes));
  if (on) named.add(id);
  else named.delete(id);
  const ids = classes.map((one) => one.id).filter((one) => named.has(one));
  const next = { ...mask, classes: ids };
  return ids.length === 0 || leavesNone(next, classes) ? null : next;
}
