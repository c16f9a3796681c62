import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Axis, Sweep } from '../../contract/sweep/sweep.ts';
import { settingText } from '../../contract/sweep/sweep-words.ts';
import { checkRecipe } from '../../platform/recipe-file.ts';
import { random, type Random } from '../numbers/random.ts';

/** One combination of the axes' values. */
export interface Setting {
  /** What each axis is here, by the axis' name, in the order of the axes. */
  values: Record<string, string>;
  recipe: Recipe;
}

/** Settings of one sweep. */
const mostSettings = 10_000;

type RangeAxis = Extract<Axis, { from: number }>;
type Draw = NonNullable<Sweep['draw']>;

/** What an axis does to a recipe, and what the table calls it. */
interface Change {
  label: string;
  apply: (recipe: unknown) => void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** 'distillation.terms[0].weight' as ['distillation', 'terms', 0, 'weight']. */
const stepsOf = (field: string): (string | number)[] =>
  [...field.matchAll(/([A-Za-z]\w*)|\[(\d+)\]/g)].map(([, key, index]) => key ?? Number(index));

/** Sets a field, whose surroundings must be there; a name that no recipe has is found when the recipe is checked. */
function setField(recipe: unknown, field: string, value: unknown): void {
  const steps = stepsOf(field);
  const last = steps.pop()!;
  let at = recipe;
  for (const step of steps) at = isObject(at) || Array.isArray(at) ? (at as never)[step] : undefined;
  const fits =
    typeof last === 'number' ? Array.isArray(at) && last < at.length : isObject(at) && last !== '__proto__';
  if (!fits)
    throw new DistillError(
      'INVALID_INPUT',
      `The recipe of this sweep has no field "${field}".`,
      'Name a field as it stands in the recipe, such as student.training.stages[0].learningRate.',
    );
  (at as Record<string | number, unknown>)[last] = structuredClone(value);
}

/** Merges objects, replaces everything else. A union's other member replaces the whole, since its fields do not mix. */
function merge(target: Record<string, unknown>, patch: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(patch)) {
    const here = target[key];
    const isOther = ['source', 'method', 'architecture', 'name', 'by'].some(
      (tag) => isObject(here) && isObject(value) && tag in value && value[tag] !== here[tag],
    );
    if (isObject(here) && isObject(value) && !isOther) merge(here, value);
    else if (key !== '__proto__') target[key] = structuredClone(value);
  }
}

const labelOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every value of an axis; null: it is drawn. */
function changesOf(axis: Axis): Change[] | null {
  if ('values' in axis)
    return axis.values.map((value) => ({
      label: labelOf(value),
      apply: (recipe) => setField(recipe, axis.field, value),
    }));
  if ('patches' in axis)
    return Object.entries(axis.patches).map(([label, patch]) => ({
      label,
      apply: (recipe) => merge(recipe as Record<string, unknown>, patch),
    }));
  return null;
}

/** A value that is drawn from a range. */
function drawChange({ field, from, to, scale, whole }: RangeAxis, draw: Random): Change {
  const drawn =
    scale === 'log' ? Math.exp(draw.uniform(Math.log(from), Math.log(to))) : draw.uniform(from, to);
  const value = whole ? Math.round(drawn) : Number(drawn.toPrecision(4));
  return { label: String(value), apply: (recipe) => setField(recipe, field, value) };
}

/** The combination at a place of their order, the last axis changing fastest; none of the others is made. */
function combinationAt(axes: readonly Change[][], place: number): Change[] {
  let left = place;
  const chosen = axes.toReversed().map((changes) => {
    const change = changes[left % changes.length]!;
    left = Math.floor(left / changes.length);
    return change;
  });
  return chosen.reverse();
}

/** So many different places of a grid. */
function drawPlaces(size: number, { count, seed }: Draw): Iterable<number> {
  const draw = random(seed, 'sweep');
  const places = new Set<number>();
  while (places.size < count) places.add(draw.integer(size));
  return places;
}

/** Settings of which some axis is a range. */
function* drawFrom({ axes }: Sweep, { count, seed }: Draw): Generator<Change[]> {
  const draw = random(seed, 'sweep');
  const known = axes.map((axis) => ({ axis, changes: changesOf(axis) }));
  for (let i = 0; i < count; i++)
    yield known.map(({ axis, changes }) =>
      changes ? changes[draw.integer(changes.length)]! : drawChange(axis as RangeAxis, draw),
    );
}

/** What each setting changes. Of a grid none is drawn twice. */
function* chosen(sweep: Sweep): Generator<Change[]> {
  const { axes, draw } = sweep;
  const grid = axes.flatMap((axis) => {
    const changes = changesOf(axis);
    return changes ? [changes] : [];
  });
  if (draw && grid.length < axes.length) {
    yield* drawFrom(sweep, draw);
    return;
  }
  const size = grid.reduce((product, { length }) => product * length, 1);
  if (!draw && size > mostSettings)
    throw new DistillError(
      'INVALID_INPUT',
      `This sweep has ${size.toLocaleString('en-US')} combinations; ${mostSettings.toLocaleString('en-US')} are the most.`,
      'Give "draw" to try some of them, drawn at random, or leave values out.',
    );
  const places = draw && draw.count < size ? drawPlaces(size, draw) : Array(size).keys();
  for (const place of places) yield combinationAt(grid, place);
}

/** The settings of a sweep, equal for equal sweeps. Throws INVALID_INPUT, and RECIPE_INVALID with the setting where its recipe is wrong. */
export function* eachSetting(sweep: Sweep): Generator<Setting> {
  for (const changes of chosen(sweep)) {
    const values = Object.fromEntries(sweep.axes.map(({ name }, i) => [name, changes[i]!.label]));
    const recipe: unknown = structuredClone(sweep.base);
    for (const { apply } of changes) apply(recipe);
    yield {
      values,
      recipe: checkRecipe(recipe, `The recipe with ${settingText(values)}`, 'Correct the axes of the sweep.'),
    };
  }
}

export { settingText };
