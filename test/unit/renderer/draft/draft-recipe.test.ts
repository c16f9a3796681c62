import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isReactive, reactive } from 'vue';
import { type Recipe, recipeSchema } from '../../../../electron/contract/recipe.ts';
import { recipeNameSchema } from '../../../../electron/contract/recipe-name.ts';
import { cloneOf, nameOfCopy, newRecipe, restoredRecipe } from '../../../../renderer/draft/draft-recipe.ts';

const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('newRecipe', () => {
  it("is the sample's recipe but for its networks, schedules and augmented copies, which fit the drawn signs", () => {
    const file = path.join(import.meta.dirname, '../../../../resources/recipes/sample.json');
    const sample = recipeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const fresh = newRecipe();
    const { name, teacher, student, evaluation } = fresh;
    expect({ ...sample, name, teacher, student, evaluation }).toEqual(fresh);
  });
});

describe('restoredRecipe', () => {
  it('gives a valid recipe back as it was', () => {
    const recipe = newRecipe();
    recipe.data.trainClasses = [1, 2];
    recipe.data.augment = null;
    expect(restoredRecipe(stored(recipe))).toEqual(recipe);
  });

  it('keeps an unfinished one: emptied numbers stay empty, what may be null stays null', () => {
    const recipe = newRecipe();
    recipe.data.path = '/signs';
    recipe.data.augment = null;
    recipe.data.image.size = NaN;
    recipe.student.model.width = null;
    recipe.student.training.stages = [{ epochs: NaN, freezeTo: 0, learningRate: [NaN, 0.1] }];
    expect(restoredRecipe(stored(recipe))).toEqual(recipe);
  });

  it("reads a draft of version 1, an unfinished one, too: an emptied temperature stays its term's", () => {
    const fresh = newRecipe();
    const old = { method: 'soft-target', temperature: 7, distillationWeight: 0.6, labelWeight: 0.2 };
    const draft = (temperature: number) =>
      restoredRecipe(stored({ ...fresh, version: 1, distillation: { ...old, temperature } }));
    const terms = (temperature: number) => [
      { method: 'soft-target', temperature, standardise: false, weight: 0.6 },
    ];
    expect(draft(7).distillation).toEqual({ labels: { weight: 0.2 }, terms: terms(7) });
    expect(draft(NaN)).toMatchObject({ version: 2, distillation: { terms: terms(NaN) } });
  });

  it('keeps unfinished terms of every method, and drops what is none', () => {
    const recipe = newRecipe();
    const weight = { schedule: 'cosine', from: NaN, to: 0, epochs: null, warmup: 0 } as const;
    const pair = { student: 'layer1', teacher: '' };
    const terms: Recipe['distillation']['terms'] = [
      { method: 'soft-target', temperature: NaN, standardise: false, weight: 0.9 },
      { method: 'logits', weight: NaN },
      { method: 'fitnet', weight, ...pair },
      { method: 'attention', weight: 1000, stages: [pair] },
    ];
    recipe.distillation = { labels: { weight: NaN }, terms };
    expect(restoredRecipe(stored(recipe))).toEqual(recipe);
    const damaged = [5, null, { method: 'magic' }, { method: 'attention', weight: 'much', stages: [3] }];
    expect(restoredRecipe({ ...recipe, distillation: { labels: 3, terms: damaged } }).distillation).toEqual({
      labels: { weight: 0.1 },
      terms: [{ method: 'attention', weight: 1000, stages: [] }],
    });
  });

  const asTheFileHasIt = {
    size: null,
    resize: null,
    values: null,
    channels: null,
    layout: null,
    gives: null,
  } as const;
  it.each<Recipe['teacher']>([
    {
      source: 'weights',
      path: '',
      model: { ...newRecipe().student.model, width: null },
      image: { size: null, resize: null, mean: null, std: null },
      classes: null,
    },
    { source: 'onnx', path: '', hints: asTheFileHasIt, classes: null, features: {} },
    {
      source: 'ensemble',
      average: 'probabilities',
      members: [
        {
          weight: NaN,
          teacher: { source: 'onnx', path: '', hints: asTheFileHasIt, classes: null, features: {} },
        },
      ],
    },
  ])('keeps an unfinished teacher from elsewhere: $source', (teacher) => {
    const recipe = newRecipe();
    recipe.teacher = teacher;
    expect(restoredRecipe(stored(recipe))).toEqual(recipe);
  });

  it('keeps another optimiser and schedule of an unfinished recipe', () => {
    const recipe = newRecipe();
    recipe.student.training.optimizer = { name: 'sgd', nesterov: true, weightDecay: NaN };
    recipe.student.training.schedule = { name: 'step', milestones: [0.5], factor: NaN, momentum: 0.9 };
    expect(restoredRecipe(stored(recipe))).toEqual(recipe);
  });

  it.each([null, 'text', [], {}, { data: 3, student: { model: null } }])(
    'makes a whole recipe of %j',
    (value) => {
      expect(restoredRecipe(value)).toEqual(newRecipe());
    },
  );
});

describe('nameOfCopy', () => {
  it('is another name that a recipe may have', () => {
    expect(nameOfCopy('Signs')).toBe('Signs copy');
    const name = nameOfCopy('x'.repeat(80));
    expect(recipeNameSchema.parse(name)).toBe(`${'x'.repeat(75)} copy`);
  });
});

describe('cloneOf', () => {
  it('lets Vue track the items of short lists alone', () => {
    const named = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
    const { few, many } = reactive(cloneOf({ few: named(10), many: named(21_841) }));
    expect([isReactive(few), isReactive(many)]).toEqual([true, false]);
    expect(many).toEqual(named(21_841));
  });

  it('shares nothing and keeps NaN', () => {
    const recipe = newRecipe();
    recipe.seed = NaN;
    const copy = cloneOf(recipe);
    expect(copy).toEqual(recipe);
    copy.student.training.stages[0]!.epochs = 99;
    expect(recipe.student.training.stages[0]!.epochs).toBe(8);
  });
});
