import { expect, test } from 'vitest';
import { distillationFindings } from '../../../electron/contract/distillation-findings.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';

const trained: unknown = { source: 'train', model: { architecture: 'resnet34' } };
const found = (
  distillation: unknown,
  stages: string[] | null = ['layer1', 'layer2', 'layer3', 'layer4'],
  teacher = trained,
) =>
  distillationFindings(
    recipeSchema.parse({
      version: 2,
      name: 'stages',
      teacher,
      student: { model: { architecture: 'cifar_resnet8' } },
      distillation,
    }),
    { student: ['layer1', 'layer2', 'layer3'], teacher: stages },
  ).map(({ severity, code, field }) => ({ severity, code, field }));

const fitnet = (student: string, teacher: string) => ({ method: 'fitnet', weight: 1, student, teacher });

test('stages that both networks have, and methods without stages, give none', () => {
  expect(found({ terms: [fitnet('layer3', 'layer4')] })).toEqual([]);
  expect(found({ preset: 'hinton' }, null)).toEqual([]);
  expect(found({ terms: [{ method: 'similarity' }] }, null)).toEqual([]);
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

test('an ONNX file as the teacher has logits and the stages that have a tensor', () => {
  const onnx = { source: 'onnx', path: 'teacher.onnx' };
  expect(
    found(
      { terms: [{ method: 'soft-target', temperature: 4, weight: 1 }, fitnet('layer1', 'x')] },
      null,
      onnx,
    ),
  ).toEqual([{ severity: 'error', code: 'stage-without-tensor', field: 'distillation.terms[1].teacher' }]);
  const mapped = { ...onnx, features: { x: '/layer1/Relu_output_0' } };
  expect(found({ terms: [fitnet('layer1', 'x')] }, null, mapped)).toEqual([]);
  expect(found({ terms: [fitnet('layer9', 'x')] }, null, mapped)).toMatchObject([{ code: 'unknown-stage' }]);
  expect(found({ preset: 'hinton' }, null, onnx)).toEqual([]);
  const stages = [{ student: 'layer3', teacher: 'x' }];
  expect(found({ terms: [{ method: 'pkt', stages }] }, null, mapped)).toEqual([]);
  expect(found({ terms: [{ method: 'pkt' }] }, null, mapped)).toEqual([
    { severity: 'error', code: 'teacher-without-penultimate', field: 'distillation.terms[0]' },
  ]);
});

test("a teacher's classifier is reused once", () => {
  const reused = { method: 'reused-classifier' };
  expect(found({ terms: [reused] })).toEqual([]);
  expect(found({ terms: [reused, { method: 'logits', weight: 1 }, reused] })).toEqual([
    { severity: 'error', code: 'classifier-reused-twice', field: 'distillation.terms[2]' },
  ]);
});

test('several teachers are averaged by their logits alone', () => {
  const members = [{ teacher: { source: 'run', path: 'a' } }, { teacher: { source: 'run', path: 'b' } }];
  const ensemble = { source: 'ensemble', members };
  expect(found({ terms: [fitnet('layer1', 'layer1')] }, null, ensemble)).toEqual([
    { severity: 'error', code: 'teacher-gives-logits-only', field: 'distillation.terms[0]' },
  ]);
  expect(found({ terms: [{ method: 'rkd' }] }, null, ensemble)).toMatchObject([
    { code: 'teacher-gives-logits-only' },
  ]);
  expect(found({ preset: 'hinton' }, null, ensemble)).toEqual([]);
});

test.each([[[]], [[{ method: 'logits', weight: 0 }]]])('terms of no weight warn: %j', (terms) =>
  expect(found({ labels: { weight: 1 }, terms })).toEqual([
    { severity: 'warning', code: 'no-distillation', field: 'distillation.terms' },
  ]),
);

test('a teacher with smoothed labels, and a warm-up that outlasts the training, are pointed out', () => {
  const smoothed = { ...(trained as object), training: { labelSmoothing: 0.1 } };
  expect(found({ preset: 'hinton' }, null, smoothed)).toEqual([
    { severity: 'warning', code: 'smoothed-teacher', field: 'teacher.training.labelSmoothing' },
  ]);
  expect(found({ terms: [{ method: 'logits' }] }, null, smoothed)).toEqual([]);
  const rising = (warmup: number) => ({ schedule: 'constant', value: 1, warmup });
  expect(found({ terms: [{ method: 'dkd', weight: rising(11) }] })).toEqual([
    { severity: 'warning', code: 'long-warm-up', field: 'distillation.terms[0].weight.warmup' },
  ]);
  expect(found({ terms: [{ method: 'dkd', weight: rising(10) }] })).toEqual([]);
});
