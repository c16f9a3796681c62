import { describe, expect, it } from 'vitest';
import {
  architectureDescriptors,
  architectures,
  stemWidth,
  usualSize,
} from '../../../electron/contract/architectures.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { networkOf, previewModel, previewStages } from '../../../electron/engine/models/index.ts';

describe.each(architectures)('%s', (architecture) => {
  const { stages, parameterGroups, width } = architectureDescriptors[architecture];
  const model = modelSchema.parse({ architecture });

  it('has the stages and as many parameter groups as its descriptor names', () => {
    expect(previewStages(model, 64).map(({ name }) => name)).toEqual(stages);
    expect(networkOf(model, 10)).toHaveLength(parameterGroups.length);
  });

  it('is of its own width where the recipe gives none', () => {
    expect(stemWidth(model)).toBe(width);
    expect(stemWidth({ architecture, width: 8 })).toBe(8);
    expect(previewModel(model, 10, 64)).toEqual(previewModel({ ...model, width }, 10, 64));
  });
});

it('small stems are for small images, whatever the network', () => {
  expect(usualSize({ architecture: 'resnet18', stem: 'imagenet' })).toBe(96);
  expect(usualSize({ architecture: 'resnet18', stem: 'small' })).toBe(32);
  expect(usualSize({ architecture: 'cifar_resnet8', stem: 'imagenet' })).toBe(32);
});

it('a depth is for networks that let it be chosen', () => {
  expect(previewModel(modelSchema.parse({ architecture: 'ds_cnn', depth: 6 }), 10, 32)).toHaveLength(
    previewModel(modelSchema.parse({ architecture: 'ds_cnn' }), 10, 32).length + 2 * 4,
  );
  expect(() => modelSchema.parse({ architecture: 'resnet18', depth: 6 })).toThrow('cannot be chosen');
});
