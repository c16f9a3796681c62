import type { Recipe } from '../../../electron/contract/recipe.ts';

export type Leaf = string | number | boolean | null;

function leaves(value: unknown, path: string, into: Map<string, Leaf>): void {
  // Lists of plain values (class lists, pairs of rates) are read as one.
  const isPlain = Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null);
  if (typeof value !== 'object' || value === null) into.set(path, value as Leaf);
  else if (isPlain) into.set(path, value.join(', '));
  else {
    for (const [key, inner] of Object.entries(value)) {
      const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      leaves(inner, at, into);
    }
  }
}

export interface Difference {
  /** E.g. `student.training.stages[0].epochs`. */
  field: string;
  /** One a recipe; undefined where it has no such field. */
  values: (Leaf | undefined)[];
}

/** The fields in which recipes differ, in the order of the first that has them. */
export function recipeDifferences(recipes: readonly Recipe[]): Difference[] {
  const flat = recipes.map((recipe) => {
    const into = new Map<string, Leaf>();
    leaves(recipe, '', into);
    return into;
  });
  const fields = [...new Set(flat.flatMap((one) => [...one.keys()]))];
  return fields
    .map((field) => ({ field, values: flat.map((one) => one.get(field)) }))
    .filter(({ field, values }) => field !== 'name' && values.some((value) => value !== values[0]));
}
