import { expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../electron/contract/recipe.ts';
import { planRun, remainingRunSeconds, type RunPlan } from '../../../electron/engine/commands/eta.ts';

const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small' } as const;
/** CIFAR ResNet-8 of torchvision's shapes on 32 pixels with ten classes, counted by hand below. */
const size = 32;
const classes = Array.from({ length: 10 }, (_, id) => ({ id, name: `${id}`, seen: true }));
const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
const data = {
  classes,
  split: { train: indices(100), validation: indices(20) },
  test: { count: 50 },
};

const recipe = (changes: Partial<RecipeInput> = {}) =>
  recipeSchema.parse({
    version: 1,
    name: 'r',
    data: { image: { size } },
    teacher: { source: 'train', model, training: { batchSize: 10, stages: [{ epochs: 2 }] } },
    student: { model, training: { batchSize: 10, stages: [{ epochs: 3 }] } },
    evaluation: { tta: { counts: [] } },
    ...changes,
  });

/** Stem, three stages of two convolutions (and a projection in the second and third), head: multiply-adds of one image. */
const macs =
  size ** 2 * 9 * 3 * 16 +
  size ** 2 * 9 * 16 * 16 * 2 +
  16 ** 2 * (9 * 16 * 32 + 9 * 32 * 32 + 16 * 32) +
  8 ** 2 * (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64) +
  64 * 10;

it('plans steps and forward passes by their multiply-adds', () => {
  const { trainings, judgingMacs } = planRun(recipe(), data, null, false);
  expect(Object.fromEntries(trainings)).toEqual({
    teacher: { steps: 20, macsPerStep: 10 * 3 * macs },
    student: { steps: 30, macsPerStep: 10 * 4 * macs },
    baseline: { steps: 30, macsPerStep: 10 * 3 * macs },
  });
  // Three models, test and validation images once each.
  expect(judgingMacs).toBe(3 * 70 * macs);
  // Recorded steps are faster than the evaluation, which is not.
  expect(planRun(recipe(), data, null, true).judgingMacs).toBe(1.5 * judgingMacs);
});

it('counts the copies of test-time augmentation, and one model less without a baseline', () => {
  const copied = recipe({ baseline: false, evaluation: { tta: { counts: [2, 4] } } });
  // As it is, then once more with its four copies; the validation images as they are.
  expect(planRun(copied, data, null, false).judgingMacs).toBe(2 * (50 * (1 + 1 + 4) + 20) * macs);
});

const plan: RunPlan = {
  trainings: new Map([
    ['teacher', { steps: 100, macsPerStep: 300 }],
    ['student', { steps: 50, macsPerStep: 150 }],
    ['baseline', { steps: 50, macsPerStep: 120 }],
  ]),
  judgingMacs: 6000,
};

it.each([
  // 40 steps of 2 s; then 7500, 6000 and 6000 multiply-adds at 150 a second.
  ['teacher', 2, 40, 80 + 50 + 40 + 40],
  // 0.5 s for 150: 300 a second.
  ['student', 0.5, 10, 5 + 20 + 20],
  ['baseline', 0.4, 0, 20],
] as const)('tells what is left while the %s is in training', (role, secondsPerStep, steps, seconds) => {
  expect(remainingRunSeconds(plan, role, secondsPerStep, steps)).toBeCloseTo(seconds);
});
