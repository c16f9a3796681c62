import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../../../../electron/contract/recipe.ts';
import type { StageRecipe } from '../../../../../electron/contract/recipe/training.ts';
import { suggestRates } from '../../../../../electron/engine/train/lr-suggestions.ts';
import { newRecipe } from '../../../../../renderer/draft/draft-recipe.ts';
import { searchBasis } from '../../../../../renderer/draft/training/search-basis.ts';
import { withPeak } from '../../../../../renderer/draft/training/stages.ts';
import { suggestedRates } from '../../../../../renderer/draft/training/suggested-rates.ts';

describe('suggestedRates', () => {
  it("shows the engine's rates as they are: its minimum is a tenth already", () => {
    const rates = Array.from({ length: 21 }, (_, i) => 10 ** (i / 4 - 5));
    const losses = rates.map((rate) => Math.abs(Math.log10(rate) + 1) + 1);
    const shown = suggestedRates(suggestRates(rates, losses));
    // The loss is lowest at a rate of 0.1.
    expect(shown.find(({ name }) => name === 'Minimum / 10')?.rate).toBe(0.01);
  });
  it('leaves out what the curve does not show', () => {
    const names = suggestedRates({ valley: 0.00314159, steep: null, minimum: 2e-4 }).map((one) => [
      one.name,
      one.rate,
    ]);
    expect(names).toEqual([
      ['Valley', 0.0031],
      ['Minimum / 10', 2e-4],
    ]);
  });
});

describe('withPeak', () => {
  const stages = (...rates: StageRecipe['learningRate'][]): StageRecipe[] =>
    rates.map((learningRate, i) => ({ epochs: i + 1, freezeTo: 0, learningRate }));
  const ratesOf = (of: readonly StageRecipe[]) => of.map(({ learningRate }) => learningRate);

  it('scales all stages, so that a halved second one stays half', () => {
    expect(ratesOf(withPeak(stages(0.004, [2e-5, 0.002]), 0.01))).toEqual([0.01, [5e-5, 0.005]]);
  });
  it('gives the suggestion to the greatest, also where it is not the first', () => {
    expect(ratesOf(withPeak(stages(1e-4, 1e-3), 0.02))).toEqual([0.002, 0.02]);
  });
  it('gives it to all where no rate makes sense', () => {
    expect(ratesOf(withPeak(stages(NaN, 0.1), 0.5))).toEqual([0.5, 0.5]);
    expect(ratesOf(withPeak(stages(NaN), 0.5))).toEqual([0.5]);
  });
  it('keeps the rest of a stage', () => {
    expect(withPeak([{ epochs: 3, freezeTo: -1, learningRate: 0.1 }], 0.2)).toEqual([
      { epochs: 3, freezeTo: -1, learningRate: 0.2 },
    ]);
  });
});

describe('searchBasis', () => {
  const changed = (role: 'teacher' | 'student', change: (recipe: Recipe) => void, base = newRecipe()) => {
    const before = searchBasis(base, role);
    change(base);
    return searchBasis(base, role) !== before;
  };
  const withTeacher = (): Recipe => ({
    ...newRecipe(),
    teacher: { source: 'run', path: '/runs/a', role: 'teacher' },
  });

  it('stays the same where a suggestion is taken, or what the search does not use is changed', () => {
    const others = (recipe: Recipe) => {
      recipe.student.training.stages = withPeak(recipe.student.training.stages, 0.5);
      recipe.student.training.stages[0]!.epochs = 99;
      recipe.name = 'Another';
      recipe.distillation.terms = [];
      recipe.evaluation.tta.counts = [];
    };
    expect(changed('student', others)).toBe(false);
  });
  it.each<[string, (recipe: Recipe) => void]>([
    ['the dataset', ({ data }) => (data.path = '/other')],
    ['the size of the images', ({ data }) => (data.image.size = 48)],
    ['the network', ({ student }) => (student.model.width = 8)],
    ['the batch', ({ student }) => (student.training.batchSize = 16)],
    ['the first stage freezing', ({ student }) => (student.training.stages[0]!.freezeTo = -1)],
  ])('changes with %s', (_, change) => {
    expect(changed('student', change)).toBe(true);
  });
  it("tells the networks apart, and follows a teacher that takes part in the student's search", () => {
    expect(changed('teacher', ({ student }) => (student.model.width = 8))).toBe(false);
    expect(changed('student', ({ distillation }) => (distillation.terms = []), withTeacher())).toBe(true);
  });
});
