import { describe, expect, it } from 'vitest';
import type { DistillationRecipe } from '../../../../../electron/contract/distillation.ts';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { lossSentence, presetOf } from '../../../../../renderer/draft/review/loss-words.ts';

const hinton = (): DistillationRecipe => newRecipe().distillation;
const softTarget = { method: 'soft-target', temperature: 4, standardise: false, weight: 0.9 } as const;

describe('the loss in words', () => {
  it('weighs label and teacher', () => {
    expect(lossSentence(hinton())).toBe(
      "The student learns to match the teacher's soft targets at temperature 4 (weight 0.9, 90 % of both) and to predict the label (weight 0.1).",
    );
  });
  it('names what does not count', () => {
    expect(lossSentence({ ...hinton(), terms: [{ ...softTarget, weight: 0 }] })).toContain('labels alone');
    expect(lossSentence({ ...hinton(), terms: [] })).toContain('labels alone');
    expect(lossSentence({ ...hinton(), labels: { weight: 0 } })).toContain('the labels do not count');
  });
  it('lists several terms, with stages and schedules', () => {
    const weight = { schedule: 'linear', from: 1000, to: 0, epochs: 3, warmup: 2 } as const;
    const stages = [
      { student: 'layer1', teacher: 'layer1' },
      { student: 'layer2', teacher: 'layer3' },
    ];
    expect(
      lossSentence({ labels: { weight: 1 }, terms: [softTarget, { method: 'attention', weight, stages }] }),
    ).toBe(
      "The student learns to match the teacher's soft targets at temperature 4 (weight 0.9) and attention maps after layer1 and layer3 (student: layer2) (weight 1000 to 0 linearly over 3 epochs, with a warm-up of 2 epochs) and to predict the label (weight 1).",
    );
  });
});

describe('presetOf', () => {
  it('finds the preset by its numbers alone', () => {
    expect(presetOf(hinton())).toBe('hinton');
    expect(
      presetOf({
        ...hinton(),
        terms: [{ weight: 0.9, standardise: false, temperature: 4, method: 'soft-target' }],
      }),
    ).toBe('hinton');
    expect(presetOf({ ...hinton(), terms: [{ ...softTarget, temperature: 5 }] })).toBeNull();
    expect(presetOf({ ...hinton(), terms: [{ ...softTarget, temperature: NaN }] })).toBeNull();
  });
});
