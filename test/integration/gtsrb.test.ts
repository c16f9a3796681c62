import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { smallRecipe, useSmallRuns } from '../support/small-run.ts';

const mini = path.join(path.resolve(process.env['GTSRB_DIR'] ?? path.join('..', 'shared', 'gtsrb')), 'mini');

// Real photographs from the official archives' layout, through import, training, distillation and evaluation.
test.skipIf(!existsSync(mini))(`a run on real GTSRB images (skipped where ${mini} is missing)`, async () => {
  const stages = [{ epochs: 4, learningRate: 0.004 }];
  const model = { architecture: 'cifar_resnet8', width: 16, stem: 'small-stride2' } as const;
  const training = { batchSize: 32, stages };
  const recipe = smallRecipe({
    data: { image: { size: 32 }, split: { method: 'track-first', fraction: 0.34 }, augment: null },
    teacher: { source: 'train', model, training },
    student: { model, training },
    evaluation: {},
    baseline: false,
  });
  const { folder } = await runs.client.runs.start({ recipe, data: mini, out: runs.out });
  const { state, error } = await runs.client.runs.wait({ folder });
  expect([state, error]).toEqual(['completed', null]);
  const { models, dataset } = await runs.client.runs.result({ folder });
  expect(dataset).toMatchObject({ format: 'gtsrb', train: 2580, validation: 1290, test: 1290 });
  // Guessing the commonest of the 43 classes would be right in 6 % of the cases.
  expect(models.teacher.test.accuracy).toBeGreaterThan(0.15);
  expect(models.student.test.top5).toBeGreaterThan(0.3);
});

const runs = useSmallRuns();
