import { expect, test } from 'vitest';
import { batchLayout, imagesPerEpoch, studentSteps } from '../../../electron/contract/batch-layout.ts';
import { recipeSchema } from '../../../electron/contract/recipe.ts';
import { suggestTraining } from '../../../electron/contract/suggested-training.ts';

const model = { architecture: 'cifar_resnet8' };
const recipe = (batchSize: number, share: number | null) =>
  recipeSchema.parse({
    version: 2,
    name: 'mixed',
    data: { unlabelled: { paths: ['more'], share } },
    teacher: { source: 'train', model },
    student: { model, training: { batchSize } },
  });

test.each([
  // batch size, share, images with and without labels -> the same of a batch
  [64, 0.25, [1000, 500], [48, 16]],
  [64, null, [300, 100], [48, 16]],
  [64, null, [100, 100_000], [8, 56]],
  [64, 0.001, [100, 100], [63, 1]],
  [64, 0.999, [100, 100], [2, 62]],
  [2, 0.5, [100, 100], [1, 1]],
  [64, 0.5, [10, 6], [8, 8]],
  [64, 0.1, [10, 100], [10, 6]],
  [64, 0.5, [20, 0], [20, 0]],
])('batches of %i, share %s, of %j images: %j', (batchSize, share, images, batch) => {
  const [labelled, unlabelled] = images as [number, number];
  expect(Object.values(batchLayout(recipe(batchSize, share), { labelled, unlabelled }))).toEqual(batch);
});

test.each([
  [null, { labelled: 160, unlabelled: 480 }, 640],
  [0.5, { labelled: 160, unlabelled: 480 }, 320],
  [null, { labelled: 100, unlabelled: 100_000 }, 800],
  [0.5, { labelled: 160, unlabelled: 0 }, 160],
])('with a share of %s, %j make an epoch of %i', (share, images, epoch) => {
  const { data, student } = recipe(8, share);
  expect(imagesPerEpoch({ data }, images)).toBe(epoch);
  // What is suggested for them comes to the steps that a student should have.
  const training = suggestTraining('student', student.training, epoch);
  const steps = studentSteps({ data, student: { ...student, training } }, images);
  expect(steps).toBeGreaterThanOrEqual(1500);
  expect(steps).toBeLessThan(1650);
});
