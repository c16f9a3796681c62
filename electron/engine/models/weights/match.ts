import type { WeightsFit } from '../../../contract/weights.ts';
import type { ModelRecipe } from '../../../contract/recipe/model.ts';
import { type Adoption, adoptNames } from './naming.ts';
import { bodyNames, layersOf, tensorShapes } from './shapes.ts';

/** Names and shapes are PyTorch's. */
export interface WeightsReport {
  matched: string[];
  /** In the model only: left as they were. */
  missing: string[];
  /** In the file only, where the network's tensors are. */
  unexpected: string[];
  /** In both, of another shape: left as they were. */
  mismatched: { name: string; here: number[]; file: number[] }[];
  /** How the file names them, and what it has beside the network. */
  adopted: Pick<Adoption, 'names' | 'scheme' | 'prefix' | 'ignored'>;
}

export type FileShapes = ReadonlyMap<string, { shape: number[] }>;

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, i) => side === b[i]);

/** How a file's tensors fit a network's, whatever prefix or way of naming the file has. */
export function matchTensors(recipe: ModelRecipe, classes: number, weights: FileShapes): WeightsReport {
  const expected = tensorShapes(layersOf(recipe, classes));
  const { unexpected, ...adopted } = adoptNames(expected, weights, recipe.architecture);
  const report: WeightsReport = { matched: [], missing: [], unexpected, mismatched: [], adopted };
  for (const [name, here] of expected) {
    const file = weights.get(adopted.names.get(name) ?? '')?.shape;
    if (!file) report.missing.push(name);
    else if (equal(here, file)) report.matched.push(name);
    else report.mismatched.push({ name, here, file });
  }
  return report;
}

/** Below this share of the network's tensors a start from a file is none. */
const leastShare = 0.5;

export function fitOf(report: WeightsReport, recipe: ModelRecipe): WeightsFit {
  const { matched, missing, unexpected, mismatched, adopted } = report;
  const needed = matched.length + missing.length + mismatched.length;
  if (matched.length === needed && unexpected.length === 0) return 'whole';
  const fitting = new Set(matched);
  const body = bodyNames(recipe);
  const top = (name: string) => name.split('.', 1)[0]!;
  // By the file's own names: 'layer1', or fastai's '0'.
  const bodyModules = new Set(
    body.map((name) => top((adopted.names.get(name) ?? '').slice(adopted.prefix.length))),
  );
  if (body.every((name) => fitting.has(name)) && !unexpected.some((name) => bodyModules.has(top(name))))
    return 'body';
  return matched.length < leastShare * needed ? 'little' : 'part';
}

const some = (items: readonly string[]): string =>
  `${items.slice(0, 4).join(', ')}${items.length > 4 ? ` and ${items.length - 4} more` : ''}`;

/** One sentence for people, e.g. '120 of 122 tensors match; of another shape: fc.weight (43x512 here, 1000x512 in the file)'. */
export function describeReport({ matched, missing, unexpected, mismatched, adopted }: WeightsReport): string {
  const list = (title: string, items: string[]) => (items.length === 0 ? [] : [`${title}: ${some(items)}`]);
  const { scheme, prefix, ignored } = adopted;
  return [
    `${matched.length} of ${matched.length + missing.length + mismatched.length} tensors match`,
    ...(scheme === 'fastai' ? ['they are named as fastai names them'] : []),
    ...(prefix === '' ? [] : [`the prefix "${prefix}" was taken off`]),
    ...list('missing in the file', missing),
    ...list('unknown to the model', unexpected),
    ...list(
      'of another shape',
      mismatched.map(
        ({ name, here, file }) => `${name} (${here.join('x')} here, ${file.join('x')} in the file)`,
      ),
    ),
    ...list('not used', ignored),
  ].join('; ');
}
