import { describe, expect, test } from 'vitest';
import { distillationSchema } from '../../../electron/contract/distillation.ts';

const message = (input: unknown): string => {
  const { error } = distillationSchema.safeParse(input);
  return (
    error?.issues.map(({ path, message: text }) => `${path.join('.')}: ${text}`).join('; ') ?? 'accepted'
  );
};
const logits = (weight: unknown) => ({ method: 'logits', weight });
const linear = (from: number, to: number, epochs: number | null = null) => ({
  schedule: 'linear',
  from,
  to,
  epochs,
});

describe('the weights of a loss', () => {
  test.each([
    ['labels alone', 1, []],
    ['a term alone', 0, [logits(1)]],
    ['one that rises while another falls', linear(1, 0), [logits(linear(0, 1))]],
    ['a constant beside one that ends at 0', 0.1, [logits(linear(1, 0))]],
  ])('%s: accepted', (_, weight, terms) => expect(message({ labels: { weight }, terms })).toBe('accepted'));

  test.each([
    ['nothing at all', 0, [], 'start'],
    ['constants of 0', 0, [logits(0)], 'start'],
    // 0 once it is a float32.
    ['a constant that float32 cannot hold', 1e-50, [logits(0)], 'start'],
    ['two that rise from 0', linear(0, 1), [logits(linear(0, 1, 3))], 'start'],
    ['one that ends at 0, beside 0', 0, [logits(linear(1, 0, 3))], 'end'],
  ])('%s: refused', (_, weight, terms, when) =>
    expect(message({ labels: { weight }, terms })).toBe(
      `labels.weight: one of the weights must be more than 0 at the ${when}`,
    ),
  );
});

test('each method has its own fields', () => {
  const pair = { student: 'layer2', teacher: 'layer3' };
  const accepted = [
    { method: 'fitnet', weight: 1, ...pair },
    { method: 'attention', weight: 1000, stages: [pair, { student: 'layer3', teacher: 'layer4' }] },
  ];
  expect(distillationSchema.parse({ terms: accepted }).terms).toEqual(accepted);
  expect(message({ terms: [{ method: 'logits', temperature: 4 }] })).toMatch(/terms.0: Unrecognized key/);
  expect(message({ terms: [{ method: 'fitnet', weight: 1, student: 'layer2' }] })).toMatch(/terms.0.teacher/);
  expect(message({ terms: [{ method: 'attention', weight: 1, stages: [] }] })).toMatch(/terms.0.stages/);
});
