import { expect, test } from 'vitest';
import { memberCount } from '../../../../../electron/contract/sweep/sweep-size.ts';
import { membersOf } from '../../../../../electron/engine/sweep/members.ts';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { triedSweep } from '../../../../../renderer/draft/sweep/tried-sweep.ts';
import { numbersIn, restoredTries, withoutTerms } from '../../../../../renderer/draft/sweep/tries.ts';

const networks = { student: ['stage1', 'stage2'], teacher: ['stage1', 'stage2'] };
const sweepOf = (tries: Parameters<typeof triedSweep>[1]) => triedSweep(newRecipe(), tries, networks);

test('each field with two values or more is an axis, seeds are seeds, and every combination is a valid recipe', () => {
  const sweep = sweepOf({
    'distillation.terms[0].temperature': [2, 8],
    'distillation.terms[0].weight': [0.5],
    'distillation.labels.weight': [0.1, 0.3],
    'student.model.architecture': ['cifar_resnet8', 'cifar_resnet14'],
    seed: [1, 2, 3],
  })!;
  expect(sweep.axes.map(({ name }) => name)).toEqual(['Student', 'Temperature', 'Weight of the label loss']);
  expect(sweep.seeds).toEqual([1, 2, 3]);
  expect(memberCount(sweep)).toBe(2 * 2 * 2 * 3);
  const members = membersOf(sweep);
  expect(members).toHaveLength(24);
  const [first, last] = [members[0]!.recipe, members.at(-1)!.recipe];
  expect(first.student.model).toEqual(newRecipe().student.model);
  expect(first.distillation).toMatchObject({ labels: { weight: 0.1 }, terms: [{ temperature: 2 }] });
  // The width that was chosen for another architecture is not its own.
  expect(last.student.model).toMatchObject({ architecture: 'cifar_resnet14', width: null });
  expect(last).toMatchObject({
    seed: 3,
    distillation: { labels: { weight: 0.3 }, terms: [{ temperature: 8 }] },
  });
});

test('with several methods only the numbers are tried that all of them have', () => {
  const sweep = sweepOf({
    'distillation.terms[0].temperature': [2, 8],
    'distillation.terms[0].weight': [0.5, 1],
    'distillation.terms[0].method': ['soft-target', 'attention'],
  })!;
  expect(sweep.axes.map(({ name }) => name)).toEqual(['Method', 'Weight']);
  const methods = membersOf(sweep).map(({ recipe }) => recipe.distillation.terms[0]!);
  expect(methods.map(({ method, weight }) => [method, weight])).toEqual([
    ['soft-target', 0.5],
    ['soft-target', 1],
    ['attention', 0.5],
    ['attention', 1],
  ]);
});

test('one value each, or a field that the recipe does not have, is no sweep', () => {
  expect(sweepOf({ seed: [4], 'distillation.terms[3].weight': [1, 2] })).toBeNull();
  expect(sweepOf({})).toBeNull();
});

test('numbers are read as they are typed, each once', () => {
  expect(numbersIn('2, 4;8 2 1e-3,')).toEqual({ numbers: [2, 4, 8, 1e-3], wrong: [] });
  expect(numbersIn('2, four')).toEqual({ numbers: [2], wrong: ['four'] });
});

test('damaged tries are none, and those of terms can be left out', () => {
  expect(restoredTries({ seed: [1, null] })).toEqual({});
  expect(restoredTries(undefined)).toEqual({});
  expect(withoutTerms({ seed: [1, 2], 'distillation.terms[0].weight': [1, 2] })).toEqual({ seed: [1, 2] });
});
