import { expect, test } from 'vitest';
import { architectures } from '../../../electron/contract/architectures.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { previewModel } from '../../../electron/engine/models/index.ts';
import { convolutionsOf, macsOf } from '../../bench/kernels/layers.ts';
import { classes } from '../../bench/workload.ts';

test.each(architectures)('the convolutions of %s are all there', (architecture) => {
  const model = modelSchema.parse({ architecture });
  const batchSize = 2;
  const layers = convolutionsOf(model, 96, batchSize);
  const expected = previewModel(model, classes, 96)
    .filter(({ outputShape }) => outputShape.length === 3)
    .reduce((sum, { macs }) => sum + macs, 0);
  const macs = layers.reduce((sum, layer) => sum + layer.count * macsOf(layer), 0);
  expect(macs).toBe(batchSize * expected);
});

test('equal convolutions are counted', () => {
  const layers = convolutionsOf(modelSchema.parse({ architecture: 'resnet18' }), 96, 32);
  // He et al., 2016, table 1: four 3x3 convolutions of 64 channels, each later stage one with stride 2 and three without.
  expect(layers.map(({ count }) => count)).toEqual([1, 4, 1, 3, 1, 1, 3, 1, 1, 3, 1]);
  expect(layers[1]).toMatchObject({ inputSize: 24, outputSize: 24, inputChannels: 64, outputChannels: 64 });
});
