import { architectureNames } from '../../../electron/contract/architectures.ts';
import type { NetworkStages } from '../../../electron/contract/distillation-findings.ts';
import { type DistillationMethodName, methodLabels } from '../../../electron/contract/methods.ts';
import type { Recipe } from '../../../electron/contract/recipe.ts';
import type { ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import {
  type Axis,
  type Sweep,
  type SweepInput,
  sweepSchema,
} from '../../../electron/contract/sweep/sweep.ts';
import { fieldLabel } from '../../recipe-fields.ts';
import { newTerm } from '../training/terms.ts';
import type { Tries } from './tries.ts';

type Axes = NonNullable<SweepInput['axes']>;
type Patches = Extract<Axis, { patches: unknown }>['patches'];

/** Without what JSON does not have. */
const patchesOf = (named: readonly (readonly [string, object])[]): Patches =>
  JSON.parse(JSON.stringify(Object.fromEntries(named))) as Patches;

/** The fields that several values can be tried of, besides numbers. */
const seedPath = 'seed';
const architecturePath = 'student.model.architecture';
const labelWeightPath = 'distillation.labels.weight';
export const methodPath = (term: number): string => `distillation.terms[${term}].method`;

/** Another architecture has neither the width, the depth nor the weights that were set for this one. */
function architectureAxis({ student: { model } }: Recipe, names: readonly string[]): Axes[number] {
  const patches = names.map((name) => {
    const architecture = name as ModelRecipe['architecture'];
    const isOwn = architecture === model.architecture;
    const student = isOwn
      ? {}
      : { model: { ...model, architecture, width: null, depth: undefined }, weights: null };
    return [architectureNames[architecture], { student }] as const;
  });
  return { name: 'Student', patches: patchesOf(patches) };
}

const named = (recipe: Recipe, path: string, term: number): string =>
  recipe.distillation.terms.length > 1 ? `${fieldLabel(path)}, term ${term + 1}` : fieldLabel(path);

function methodAxis(
  recipe: Recipe,
  term: number,
  methods: readonly string[],
  networks: NetworkStages,
): Axes[number] {
  const { terms } = recipe.distillation;
  const patches = methods.map((name) => {
    const method = name as DistillationMethodName;
    const changed = terms.map((one, i) =>
      i === term && one.method !== method ? newTerm(method, networks) : one,
    );
    return [methodLabels[method], { distillation: { terms: changed } }] as const;
  });
  return { name: named(recipe, methodPath(term), term), patches: patchesOf(patches) };
}

/** What each number of a term is tried with: where methods are tried, only those that all of them have. */
function termNumbers(recipe: Recipe, term: number, tries: Tries, networks: NetworkStages): Axes {
  const begins = `distillation.terms[${term}].`;
  const methods = tries[methodPath(term)] ?? [];
  const isOfAll = (number: string) =>
    methods.every((method) => number in newTerm(method as DistillationMethodName, networks));
  return Object.entries(tries).flatMap(([path, values]) => {
    const number = path.startsWith(begins) ? path.slice(begins.length) : 'method';
    if (number === 'method' || !(number in recipe.distillation.terms[term]!) || !isOfAll(number)) return [];
    return values.length < 2 ? [] : [{ name: named(recipe, path, term), field: path, values }];
  });
}

/** The sweep of a recipe of which several values are tried; null where none is, or where it is wrong. */
export function triedSweep(recipe: Recipe, tries: Tries, networks: NetworkStages): Sweep | null {
  const several = (path: string) => ((tries[path]?.length ?? 0) > 1 ? tries[path]! : null);
  const terms = [...recipe.distillation.terms.keys()];
  // Methods first: they replace whole terms.
  const methods = terms.flatMap((term) => {
    const tried = several(methodPath(term));
    return tried ? [methodAxis(recipe, term, tried.map(String), networks)] : [];
  });
  const numbers = terms.flatMap((term) => termNumbers(recipe, term, tries, networks));
  const architectures = several(architecturePath);
  const labelWeights = several(labelWeightPath);
  const axes = [
    ...(architectures ? [architectureAxis(recipe, architectures.map(String))] : []),
    ...methods,
    ...numbers,
    ...(labelWeights
      ? [{ name: fieldLabel(labelWeightPath), field: labelWeightPath, values: labelWeights }]
      : []),
  ];
  const seeds = several(seedPath);
  if (axes.length === 0 && !seeds) return null;
  const sweep = { version: 1, name: recipe.name, base: recipe, axes, ...(seeds && { seeds }) };
  return sweepSchema.safeParse(seeds ? sweep : { ...sweep, seeds: [recipe.seed] }).data ?? null;
}
