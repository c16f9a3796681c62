import { expect, it } from 'vitest';
import {
  optimizerDescriptors,
  optimizerSchema,
  recipeOptimizer,
} from '../../../electron/contract/optimizers.ts';

it('a recipe of before optimisers were described has the settings that it had', () => {
  // fastai's Adam with fit_one_cycle: betas 0.99 at the end, eps 1e-5, wd 0.01.
  expect(optimizerSchema.parse({})).toEqual({ beta2: 0.99, epsilon: 1e-5, weightDecay: 0.01 });
  expect(optimizerSchema.safeParse({ name: 'adamw' }).success).toBe(false);
});

it('describes every number of an optimiser, with limits that its own default keeps', () => {
  const defaults = optimizerSchema.parse({});
  for (const { numbers } of Object.values(optimizerDescriptors)) {
    expect(Object.keys(numbers).sort()).toEqual(Object.keys(defaults).sort());
    for (const [name, { min, max = Infinity }] of Object.entries(numbers)) {
      const value = defaults[name as keyof typeof defaults];
      expect(value >= min && value <= max).toBe(true);
    }
  }
});

it('is called by what it is: without weight decay AdamW is Adam', () => {
  const settings = optimizerSchema.parse({ weightDecay: 0.05 });
  expect(recipeOptimizer.named(settings, String)).toBe('AdamW (weight decay 0.05)');
  expect(recipeOptimizer.named({ ...settings, weightDecay: 0 }, String)).toBe('Adam');
});
