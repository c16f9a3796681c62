import { expect, it } from 'vitest';
import {
  optimizerDescriptors,
  optimizerNames,
  optimizerNumbersOf,
  optimizerSchema,
  optimizerWords,
} from '../../../electron/contract/optimizers.ts';

it('a recipe of before optimisers had names has the settings that it had', () => {
  // fastai's Adam with fit_one_cycle: betas 0.99 at the end, eps 1e-5, wd 0.01.
  const settings = { beta2: 0.99, epsilon: 1e-5, weightDecay: 0.01 };
  expect(optimizerSchema.parse({})).toEqual({ name: 'adamw', ...settings });
  expect(optimizerSchema.parse({ ...settings, weightDecay: 0.2 })).toMatchObject({ weightDecay: 0.2 });
  expect(optimizerSchema.safeParse({ name: 'sgd', beta2: 0.99 }).success).toBe(false);
});

it.each(optimizerNames)('describes every number of %s, with limits that its own default keeps', (name) => {
  const defaults = Object.entries(optimizerSchema.parse({ name })).flatMap(([key, value]) =>
    typeof value === 'number' ? [[key, value] as const] : [],
  );
  const numbers = optimizerNumbersOf(name);
  expect(Object.keys(numbers).sort()).toEqual(defaults.map(([key]) => key).sort());
  for (const [key, value] of defaults) {
    const { min, max = Infinity } = numbers[key]!;
    expect(value >= min && value <= max).toBe(true);
  }
  expect(optimizerDescriptors[name].moments).toBeGreaterThan(0);
});

it('is called by what it is: without weight decay AdamW is Adam', () => {
  const adamw = optimizerSchema.parse({ weightDecay: 0.05 });
  expect(optimizerWords(adamw, String)).toBe('AdamW (weight decay 0.05)');
  expect(optimizerWords({ ...adamw, weightDecay: 0 }, String)).toBe('Adam');
  const sgd = optimizerSchema.parse({ name: 'sgd', nesterov: true });
  expect(optimizerWords(sgd, String)).toBe("SGD (Nesterov's momentum, weight decay 0.0005)");
  expect(optimizerWords({ ...sgd, nesterov: false, weightDecay: 0 } as typeof sgd, String)).toBe('SGD');
});
