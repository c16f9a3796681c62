import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { fieldLabel, fieldTitle, fieldValue, parentOf } from '../../../renderer/recipe-fields.ts';

/** Paths of everything in a recipe that is no list or group itself. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  );
}

const recipe = (teacher: object) =>
  recipeSchema.parse({
    version: 2,
    name: 'a',
    teacher,
    student: {
      model: { architecture: 'resnet18' },
      training: { earlyStop: {}, stages: [{ epochs: 1, learningRate: [1e-4, 1e-3] }] },
    },
    evaluation: { tta: { counts: [2] } },
  });

describe('names of fields', () => {
  it('every field of a recipe has one', () => {
    const all = [
      { source: 'train', model: { architecture: 'resnet34' } },
      { source: 'run', path: '/runs/a' },
      { source: 'weights', path: '/a.pth', model: { architecture: 'resnet34' } },
    ].flatMap((teacher) => leaves(recipe(teacher)));
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((path) => fieldLabel(path) === path)).toEqual([]);
  });

  it.each([
    ['student.training.stages[1].epochs', 'Student, stage 2: Epochs'],
    ['teacher.training.stages[0].learningRate[1]', "Teacher, stage 1: Last group's rate"],
    ['teacher.model.width', 'Teacher: Width'],
    ['data.augment.flip.p', 'Augmentation: Share mirrored'],
    ['data.augment', 'Augmentation'],
    ['evaluation.tta.counts[3]', 'Test-time augmentation: Numbers of copies'],
    ['evaluation.batchSize', 'Evaluation: Batch size'],
    ['distillation.terms[1].temperature', 'Distillation, term 2: Temperature'],
    ['distillation.terms[0].stages[1].student', "Distillation, term 1, pair 2: Student's stage"],
    ['distillation.terms[0].weight.from', 'Distillation, term 1: Weight at the start'],
    ['distillation.labels.weight.to', 'Distillation: Weight at the end'],
    ['seed', 'Seed'],
    ['unheard.of', 'unheard.of'],
  ])('%s', (path, title) => expect(fieldTitle(path)).toBe(title));

  it('finds the way up', () => {
    const way: string[] = [];
    for (let at = 'a.b[0].c'; at !== ''; at = parentOf(at)) way.push(at);
    expect(way).toEqual(['a.b[0].c', 'a.b[0]', 'a.b', 'a']);
  });
});

describe('values of fields', () => {
  it.each([
    ['student.model.architecture', 'cifar_resnet14', 'CIFAR ResNet-14'],
    ['student.model.width', null, "the architecture's own"],
    ['student.weights', null, 'none'],
    ['exports', '', 'none'],
    ['evaluation.tta.counts', '0, 2', '0, 2'],
    ['baseline', false, 'no'],
    ['seed', 1, '1'],
    ['seed', undefined, '–'],
  ])('%s: %j', (path, value, text) => expect(fieldValue(path, value)).toBe(text));
});
