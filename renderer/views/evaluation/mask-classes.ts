import type { RunEvaluation } from '../../../electron/contract/run-evaluation.ts';
import type { Mask } from '../../../electron/contract/mask.ts';

type Which = Mask['classes'];
type Classes = RunEvaluation['classes'];

export const presets = ['all', 'seen', 'unseen'] as const;
type Preset = (typeof presets)[number];

/** The classes that a choice names, in order. */
export function namedClasses(which: Which, classes: Classes): number[] {
  const listed = new Set(Array.isArray(which) ? which : []);
  const isNamed = ({ id, seen }: Classes[number]) =>
    Array.isArray(which) ? listed.has(id) : which === 'all' || seen === (which === 'seen');
  return classes.filter(isNamed).map(({ id }) => id);
}

/** The preset whose classes are shown, however they were chosen; null where it is none. All before seen, where both are the same. */
export function shownPreset(which: Which, classes: Classes): Preset | null {
  const shown = namedClasses(which, classes).join();
  return presets.find((preset) => namedClasses(preset, classes).join() === shown) ?? null;
}

/** A list of classes, by its preset's name where there is one; null where it is empty: there is nothing to evaluate then. */
function asChoice(ids: number[], classes: Classes): Which | null {
  return ids.length === 0 ? null : (shownPreset(ids, classes) ?? ids);
}

/** All classes but those; null where that leaves none. */
export function inverse(which: Which, classes: Classes): Which | null {
  const named = new Set(namedClasses(which, classes));
  return asChoice(
    classes.map(({ id }) => id).filter((id) => !named.has(id)),
    classes,
  );
}

/** The choice with a class in it or not; null where that would leave none. */
export function withClass(which: Which, classes: Classes, id: number, on: boolean): Which | null {
  const named = new Set(namedClasses(which, classes));
  if (on) named.add(id);
  else named.delete(id);
  return asChoice(
    classes.map((one) => one.id).filter((one) => named.has(one)),
    classes,
  );
}
