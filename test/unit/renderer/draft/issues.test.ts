import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../../../electron/contract/recipe.ts';
import { newRecipe } from '../../../../renderer/draft/draft-recipe.ts';
import { findIssues, issueAt } from '../../../../renderer/draft/issues.ts';

const withData = (change: (recipe: Recipe) => void = () => undefined): Recipe => {
  const recipe = newRecipe();
  recipe.data.path = '/signs';
  change(recipe);
  return recipe;
};
const student = (recipe: Recipe) => recipe.student.training.stages[0]!;
const found = (recipe: Recipe, classes: number | null = 43) => findIssues(recipe, { classes });

const softTarget = { method: 'soft-target', temperature: 4, standardise: false, weight: 0.9 } as const;

describe('findIssues', () => {
  it('finds nothing wrong with a new recipe that has a dataset', () => {
    expect(found(withData())).toEqual([]);
  });

  it('calls a dataset that was not chosen missing, not wrong', () => {
    expect(found(newRecipe(), null)).toEqual([
      { path: 'data.path', step: 'data', message: 'Choose a dataset.', missing: true },
    ]);
  });

  it('names the field of a number that is out of bounds, on its step', () => {
    const recipe = withData(({ student, data }) => {
      student.training.stages[0]!.epochs = 0;
      data.image.size = 4;
    });
    expect(found(recipe)).toEqual([
      { path: 'data.image.size', step: 'data', message: 'Must be at least 8; it is 4.', missing: false },
      {
        path: 'student.training.stages[0].epochs',
        step: 'training',
        message: 'Must be at least 1; it is 0.',
        missing: false,
      },
    ]);
  });

  it('asks for a number where a field was emptied', () => {
    const recipe = withData(
      ({ distillation }) => (distillation.terms = [{ ...softTarget, temperature: NaN }]),
    );
    expect(found(recipe)).toMatchObject([
      { path: 'distillation.terms[0].temperature', message: 'Enter a number.' },
    ]);
  });

  it("puts a teacher without a path on the teacher's step as missing", () => {
    const recipe = withData((one) => (one.teacher = { source: 'run', path: '', role: 'teacher' }));
    expect(found(recipe)).toMatchObject([
      { path: 'teacher.path', step: 'teacher', message: 'Must not be empty.', missing: true },
    ]);
  });

  it('finds the emptied lower rate of a spread pair below its field', () => {
    const recipe = withData(({ student }) => (student.training.stages[0]!.learningRate = [NaN, 1e-3]));
    const issues = found(recipe);
    expect(issues).toHaveLength(1);
    expect(issueAt(issues, 'student.training.stages[0].learningRate')).toBe(issues[0]);
    expect(issueAt(issues, 'student.training.stages[1]')).toBeUndefined();
  });

  it('has what only the dataset shows', () => {
    const one = withData(({ data }) => (data.trainClasses = [3]));
    const outside = withData(({ data }) => (data.trainClasses = [1, 43]));
    expect(found(one)).toMatchObject([{ path: 'data.trainClasses', step: 'data' }]);
    const none = withData(({ data }) => (data.trainClasses = []));
    expect(found(none)[0]!.message).toBe(found(one)[0]!.message);
    expect(found(outside)[0]!.message).toContain('no class 43');
    expect(found(outside, 44)).toEqual([]);
    expect(found(withData(), 1)).toMatchObject([{ path: 'data.path' }]);
  });

  it('marks a dataset that cannot be read', () => {
    const issues = findIssues(withData(), { classes: null, isUnreadable: true });
    expect(issues).toMatchObject([{ path: 'data.path', step: 'data', missing: false }]);
  });

  it('finds stages that freeze more groups than the network has', () => {
    const recipe = withData(({ teacher, student }) => {
      if (teacher.source === 'train') teacher.training.stages[0]!.freezeTo = 3;
      student.training.stages[0]!.freezeTo = -4;
    });
    const groups = { teacher: 4, student: 3 };
    expect(findIssues(recipe, { classes: 43, groups })).toEqual([
      {
        path: 'student.training.stages[0].freezeTo',
        step: 'training',
        message: 'The network has 3 parameter groups: choose a number from −3 to 2.',
        missing: false,
      },
    ]);
    const fewer = findIssues(recipe, { classes: 43, groups: { teacher: 3, student: null } });
    expect(fewer).toMatchObject([{ path: 'teacher.training.stages[0].freezeTo', step: 'teacher' }]);
    student(recipe).freezeTo = 40;
    // The schema's own sentence is enough.
    expect(findIssues(recipe, { classes: 43, groups })).toHaveLength(1);
  });

  it('puts weights that do not fit to the step that names their file', () => {
    const weights = [{ path: 'student.weights', message: 'The file does not fit the network.' }];
    expect(findIssues(withData(), { classes: 43, weights })).toEqual([
      { ...weights[0], step: 'student', missing: false },
    ]);
  });

  it('names a stage that a network does not have, once both are known', () => {
    const recipe = withData(({ distillation }) => {
      distillation.terms = [{ method: 'fitnet', weight: 1, student: 'layer2', teacher: 'layer9' }];
    });
    expect(found(recipe)).toEqual([]);
    const stages = { student: ['layer1', 'layer2'], teacher: ['layer1'] };
    expect(findIssues(recipe, { classes: 43, stages })).toMatchObject([
      { path: 'distillation.terms[0].teacher', step: 'training', missing: false },
    ]);
  });

  it('refuses weights of nothing', () => {
    const recipe = withData(({ distillation }) => {
      distillation.labels.weight = 0;
      distillation.terms = [{ ...softTarget, weight: 0 }];
    });
    expect(found(recipe)).toMatchObject([{ path: 'distillation.labels.weight', step: 'training' }]);
  });
});
