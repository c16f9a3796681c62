import { expect, test } from 'vitest';
import { distillationFindings } from '../../../electron/contract/distillation-findings.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';

const found = (distillation: unknown, teacher: string[] | null = ['layer1', 'layer2', 'layer3', 'layer4']) =>
  distillationFindings(
    recipeSchema.parse({
      version: 2,
      name: 'stages',
      teacher: { source: 'train', model: { architecture: 'resnet34' } },
      student: { model: { architecture: 'cifar_resnet8' } },
      distillation,
    }),
    { student: ['layer1', 'layer2', 'layer3'], teacher },
  ).map(({ severity, code, field }) => ({ severity, code, field }));

const fitnet = (student: string, teacher: string) => ({ method: 'fitnet', weight: 1, student, teacher });

test('stages that both networks have, and methods without stages, give none', () => {
  expect(found({ terms: [fitnet('layer3', 'layer4')] })).toEqual([]);
  expect(found({ preset: 'hinton' }, null)).toEqual([]);
});

test('a stage that its network does not have is an error at its field', () => {
  const stages = [
    { student: 'layer1', teacher: 'layer1' },
    { student: 'layer4', teacher: 'layer5' },
  ];
  const error = { severity: 'error', code: 'unknown-stage' };
  expect(found({ terms: [fitnet('layer4', 'layer4'), { method: 'attention', weight: 1, stages }] })).toEqual([
    { ...error, field: 'distillation.terms[0].student' },
    { ...error, field: 'distillation.terms[1].stages[1].student' },
    { ...error, field: 'distillation.terms[1].stages[1].teacher' },
  ]);
});

test('a method on features warns where the stages of the teacher are not known', () => {
  expect(found({ terms: [{ method: 'logits', weight: 1 }, fitnet('layer1', 'anything')] }, null)).toEqual([
    { severity: 'warning', code: 'teacher-stages-unknown', field: 'distillation.terms[1]' },
  ]);
});

test.each([[[]], [[{ method: 'logits', weight: 0 }]]])('terms of no weight warn: %j', (terms) =>
  expect(found({ labels: { weight: 1 }, terms })).toEqual([
    { severity: 'warning', code: 'no-distillation', field: 'distillation.terms' },
  ]),
);
