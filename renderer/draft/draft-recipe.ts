import { markRaw } from 'vue';
import { optimizerNames } from '../../electron/contract/optimizers.ts';
import { type Recipe, recipeSchema } from '../../electron/contract/recipe.ts';
import { ownImageSchema } from '../../electron/contract/recipe/image.ts';
import { networkHintsSchema } from '../../electron/contract/recipe/network-hints.ts';
import { mostNameLetters, printable } from '../../electron/contract/recipe-name.ts';
import { scheduleNames } from '../../electron/contract/schedules.ts';
import { isRecord } from './record.ts';
import { restoredDistillation } from './training/restored-distillation.ts';

/** What a new draft begins with: small networks for small images, done in minutes. */
export const newRecipe = (): Recipe =>
  recipeSchema.parse({
    version: 2,
    name: 'New distillation',
    data: {
      image: { size: 32 },
      augment: { brightness: { max: 0.4, p: 0.75 }, contrast: { max: 0.4, p: 0.75 } },
    },
    teacher: {
      source: 'train',
      model: { architecture: 'cifar_resnet14', width: 32, stem: 'small-stride2' },
      training: { stages: [{ epochs: 6, learningRate: 0.004 }] },
    },
    student: {
      model: { architecture: 'cifar_resnet8', width: 16, stem: 'small-stride2' },
      training: { stages: [{ epochs: 8, learningRate: 0.006 }] },
    },
    distillation: { preset: 'hinton' },
    evaluation: { tta: { counts: [0, 2, 4] } },
  });

/** The name of a run's recipe for a new run: not that of the run, which it would be taken for in lists and comparisons. */
export const nameOfCopy = (name: string): string =>
  `${printable(name, mostNameLetters - ' copy'.length)} copy`;

/** A list of names that is longer, such as that of ImageNet-21k's classes, is only ever replaced as a whole. */
const longList = 500;

/** The list, of whose items Vue tracks none where there are many: that took a third of a second at every key. */
export const untracked = (list: string[]): string[] => (list.length > longList ? markRaw(list) : list);

const isNames = (list: unknown[]): list is string[] => list.every((item) => typeof item === 'string');

/** A copy that shares nothing; unlike JSON it keeps NaN, which stands for an emptied number field. */
export function cloneOf<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    const copy = value.map((item: unknown) => cloneOf(item));
    return (isNames(copy) ? untracked(copy) : copy) as Value;
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, cloneOf<unknown>(inner)]),
  ) as Value;
}

/**
 * A recipe out of a stored draft, which may be unfinished: a recipe that is valid comes back as it is, in any other each field is
 * kept that has the right kind, and the rest is a new recipe's.
 */
export function restoredRecipe(stored: unknown): Recipe {
  const parsed = recipeSchema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const fallback: unknown = newRecipe();
  const recipe = merged(stored, fallback) as Recipe;
  return { ...recipe, version: 2, distillation: restoredDistillation(stored) ?? recipe.distillation };
}

/** Fields that may be null or of another kind than the new recipe's; so may those that are null there. */
const free = new Set([
  'path',
  'classNames',
  'classes',
  'reading',
  'file',
  'label',
  'part',
  'trainClasses',
  'augment',
  'weights',
  'width',
  'clipNorm',
  'ema',
  'earlyStop',
]);

/** Of a teacher from elsewhere, where null is a choice: as the file has it, or the usual one. */
const hints = new Set([...Object.keys(ownImageSchema.shape), ...Object.keys(networkHintsSchema.shape)]);

const kinds: ReadonlySet<unknown> = new Set([...optimizerNames, ...scheduleNames]);

/** Whether a union's other member is stored than the new recipe has. */
const isOther = (stored: Record<string, unknown>, fallback: Record<string, unknown>): boolean =>
  ('source' in fallback && typeof stored['source'] === 'string' && stored['source'] !== fallback['source']) ||
  ([fallback['name'], stored['name']].every((name) => kinds.has(name)) &&
    stored['name'] !== fallback['name']);

function merged(stored: unknown, fallback: unknown): unknown {
  if (Array.isArray(fallback)) return Array.isArray(stored) ? withNumbers(stored) : fallback;
  if (isRecord(fallback)) {
    if (!isRecord(stored)) return fallback;
    // A teacher from elsewhere has other fields than one that is trained, and so has another optimiser or schedule.
    if (isOther(stored, fallback)) return withNumbers(stored);
    const entries = Object.entries(fallback).map(([key, value]) => [
      key,
      value === null || free.has(key)
        ? key in stored
          ? withNumbers(stored[key])
          : value
        : merged(stored[key], value),
    ]);
    return Object.fromEntries(entries) as unknown;
  }
  // JSON has no NaN: an emptied number field comes back as null.
  if (typeof fallback === 'number')
    return stored === null ? NaN : typeof stored === 'number' ? stored : fallback;
  return typeof stored === typeof fallback ? stored : fallback;
}

/** The numbers of stages and ranges that were emptied; what else is null there stays null. */
function withNumbers(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, 'item'));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNumbers(inner, name)]));
  return value === null && key !== '' && !free.has(key) && !hints.has(key) ? NaN : value;
}
