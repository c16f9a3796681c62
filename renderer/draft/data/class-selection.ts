/** The classes that a recipe trains on; the others stay in the vocabulary, unseen. */
export type ClassSelection = 'all' | number[];

export const isChosen = (selection: ClassSelection, id: number): boolean =>
  selection === 'all' || selection.includes(id);

/** 'all' where every class is chosen, so that the recipe also fits another dataset. */
const normalised = (chosen: Set<number>, classes: number): ClassSelection =>
  chosen.size === classes ? 'all' : [...chosen].sort((a, b) => a - b);

const idsOf = (selection: ClassSelection, classes: number): Set<number> =>
  new Set(
    selection === 'all'
      ? Array.from({ length: classes }, (_, id) => id)
      : selection.filter((id) => id < classes),
  );

/** Adds or removes classes. */
export function choose(
  selection: ClassSelection,
  ids: readonly number[],
  chosen: boolean,
  classes: number,
): ClassSelection {
  const next = idsOf(selection, classes);
  for (const id of ids)
    if (chosen) next.add(id);
    else next.delete(id);
  return normalised(next, classes);
}

/** Chooses what was not chosen, among `ids`. */
export function invert(selection: ClassSelection, ids: readonly number[], classes: number): ClassSelection {
  const next = idsOf(selection, classes);
  for (const id of ids) if (!next.delete(id)) next.add(id);
  return normalised(next, classes);
}

export const countChosen = (selection: ClassSelection, classes: number): number =>
  idsOf(selection, classes).size;
