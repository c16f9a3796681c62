import { describe, expect, test } from 'vitest';
import { type ModelRecipe, modelSchema } from '../../../electron/contract/recipe/model.ts';
import { identifyNetwork } from '../../../electron/engine/models/weights/identify.ts';
import { describeReport, fitOf, matchTensors } from '../../../electron/engine/models/weights/match.ts';
import { layersOf, tensorShapes } from '../../../electron/engine/models/weights/shapes.ts';

type Shapes = Map<string, { shape: number[] }>;

const network = (parts: Partial<ModelRecipe>) => modelSchema.parse({ width: 8, ...parts });
const resnet18 = network({ architecture: 'resnet18' });

/** A file of a network, under names of another kind. */
function fileOf(recipe: ModelRecipe, classes: number, rename = (name: string) => name): Shapes {
  const shapes = tensorShapes(layersOf(recipe, classes));
  return new Map([...shapes].map(([name, shape]) => [rename(name), { shape }]));
}
const prefixed = (prefix: string) => fileOf(resnet18, 3, (name) => prefix + name);
const match = (file: Shapes, recipe = resnet18, classes = 3) => matchTensors(recipe, classes, file);
const fit = (file: Shapes, recipe = resnet18, classes = 3) => fitOf(match(file, recipe, classes), recipe);

describe('prefixes', () => {
  test.each([
    'module.',
    'model.',
    'net.',
    'backbone.',
    'encoder.',
    '_orig_mod.',
    'module._orig_mod.model.',
    'my_net.',
  ])('"%s" is taken off', (prefix) => {
    const report = match(prefixed(prefix));
    expect(fitOf(report, resnet18)).toBe('whole');
    expect(report.adopted.prefix).toBe(prefix);
    expect(report.adopted.names.get('layer1.0.conv1.weight')).toBe(`${prefix}layer1.0.conv1.weight`);
  });

  test('what lacks the prefix stands beside the network and is reported', () => {
    const file = prefixed('model.');
    for (const name of ['loss.weight', 'n_averaged', 'val_metrics.confusion']) file.set(name, { shape: [] });
    const report = match(file);
    expect(fitOf(report, resnet18)).toBe('whole');
    expect(report.adopted.ignored).toEqual(['loss.weight', 'n_averaged', 'val_metrics.confusion']);
    expect(describeReport(report)).toBe(
      '102 of 102 tensors match; the prefix "model." was taken off; not used: loss.weight, n_averaged, val_metrics.confusion',
    );
  });

  test('counters and what profilers leave do not make another network', () => {
    const file = prefixed('');
    for (const name of ['bn1.num_batches_tracked', 'layer1.0.total_ops', 'total_params', 'criterion.weight'])
      file.set(name, { shape: [] });
    expect(fit(file)).toBe('whole');
  });

  test('of two networks the one that fits is taken, of two that fit the plain one', () => {
    const teacher = fileOf(network({ architecture: 'resnet34' }), 3, (name) => `teacher.${name}`);
    const report = match(new Map([...teacher, ...prefixed('student.')]));
    expect([report.adopted.prefix, fitOf(report, resnet18)]).toEqual(['student.', 'whole']);
    const averaged = match(new Map([...prefixed('ema_model.module.'), ...prefixed('model.')]));
    expect(averaged.adopted.prefix).toBe('model.');
  });

  test('a name of a million dots takes no time', () => {
    expect(fit(new Map([['a.'.repeat(1e6), { shape: [1] }]]))).toBe('little');
  });
});

describe('fit', () => {
  test('another number of classes leaves the body; another width leaves hardly anything', () => {
    expect(fit(fileOf(resnet18, 1000))).toBe('body');
    expect(match(fileOf(resnet18, 1000)).matched).toHaveLength(100);
    const narrow = match(fileOf(network({ architecture: 'resnet18', width: 16 }), 3));
    expect([narrow.matched, fitOf(narrow, resnet18)]).toEqual([['fc.bias'], 'little']);
  });

  test('a larger network is no whole, another stem is a part', () => {
    expect(fit(fileOf(network({ architecture: 'resnet34' }), 3))).toBe('part');
    expect(fit(fileOf(network({ architecture: 'resnet18', stem: 'small' }), 3))).toBe('part');
    expect(fit(fileOf(network({ architecture: 'mobilenet_v2' }), 3))).toBe('little');
  });
});

/**
 * As fastai's documentation prints them (docs.fast.ai/vision.learner.html, "create_unet_model" and "cnn_learner"): the body's
 * children are numbered 0 (conv1), 1 (bn1), 4 to 7 (the layers), the head's BatchNorm1d 2 and 6, Linear 4 and 8.
 */
describe("fastai's names", () => {
  const fastai34 = network({ architecture: 'resnet34', head: 'fastai', width: null });
  const norm = (name: string, size: number): [string, { shape: number[] }][] =>
    ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, { shape: [size] }]);
  /** create_cnn_model(resnet34, 43)'s state, written by the rules of its layers, without a look at our networks. */
  function createCnnModel(): Shapes {
    const file: Shapes = new Map([['0.0.weight', { shape: [64, 3, 7, 7] }], ...norm('0.1', 64)]);
    let inputs = 64;
    for (const [i, blocks] of [3, 4, 6, 3].entries()) {
      const channels = 64 * 2 ** i;
      for (let b = 0; b < blocks; b++) {
        const name = `0.${4 + i}.${b}`;
        file.set(`${name}.conv1.weight`, { shape: [channels, inputs, 3, 3] });
        file.set(`${name}.conv2.weight`, { shape: [channels, channels, 3, 3] });
        for (const [key, value] of [...norm(`${name}.bn1`, channels), ...norm(`${name}.bn2`, channels)])
          file.set(key, value);
        if (inputs !== channels) {
          file.set(`${name}.downsample.0.weight`, { shape: [channels, inputs, 1, 1] });
          for (const [key, value] of norm(`${name}.downsample.1`, channels)) file.set(key, value);
        }
        inputs = channels;
      }
    }
    for (const [key, value] of [...norm('1.2', 1024), ...norm('1.6', 512)]) file.set(key, value);
    return file.set('1.4.weight', { shape: [512, 1024] }).set('1.8.weight', { shape: [43, 512] });
  }

  test("create_cnn_model(resnet34) is resnet34 with fastai's head", () => {
    const report = match(createCnnModel(), fastai34, 43);
    expect(fitOf(report, fastai34)).toBe('whole');
    expect(report.adopted.scheme).toBe('fastai');
    const { names } = report.adopted;
    expect(
      [
        'conv1.weight',
        'layer1.0.conv1.weight',
        'layer4.2.bn2.bias',
        'head.bn1.weight',
        'head.fc2.weight',
      ].map((name) => names.get(name)),
    ).toEqual(['0.0.weight', '0.4.0.conv1.weight', '0.7.2.bn2.bias', '1.2.weight', '1.8.weight']);
  });

  test('its body is a start for the same network with a linear layer', () => {
    const linear = network({ architecture: 'resnet34', width: null });
    expect(fit(createCnnModel(), linear, 43)).toBe('body');
    expect(fit(createCnnModel(), network({ architecture: 'resnet18', width: null }), 43)).toBe('part');
  });

  test('under a prefix, and MobileNet cut either way', () => {
    const wrapped = new Map([...createCnnModel()].map(([name, value]) => [`model.${name}`, value]));
    expect(fit(wrapped, fastai34, 43)).toBe('whole');
    const mobile = network({ architecture: 'mobilenet_v2', head: 'fastai' });
    const head = { bn1: 2, fc1: 4, bn2: 6, fc2: 8 } as Record<string, number>;
    for (const body of ['0.0.', '0.']) {
      const rename = (name: string) =>
        name.replace(/^features\./, body).replace(/^head\.(\w+)/, (_, part: string) => `1.${head[part]!}`);
      expect(fit(fileOf(mobile, 5, rename), mobile, 5)).toBe('whole');
    }
  });

  test('it is found out by its shapes', () => {
    expect(identifyNetwork(createCnnModel())).toEqual({ model: fastai34, classes: 43, stems: ['imagenet'] });
  });
});

describe('identifyNetwork', () => {
  test.each([
    [{ architecture: 'resnet18', width: 16 }],
    [{ architecture: 'resnet34', stem: 'small' }],
    [{ architecture: 'resnet50', width: 12 }],
    [{ architecture: 'mobilenet_v2', width: 48 }],
    [{ architecture: 'mobilenet_v2', width: null, head: 'fastai' }],
    [{ architecture: 'cifar_resnet8', width: null }],
    [{ architecture: 'cifar_resnet20', head: 'fastai' }],
    [{ architecture: 'mobilenet_v3_small', width: 24 }],
    [{ architecture: 'efficientnet_b0', head: 'fastai' }],
    [{ architecture: 'shufflenet_v2_x1_0', width: null }],
    [{ architecture: 'squeezenet1_1', width: 32 }],
    [{ architecture: 'convnext_tiny', stem: 'small' }],
    [{ architecture: 'ds_cnn', depth: 6 }],
  ] as Partial<ModelRecipe>[][])('%o', (parts) => {
    const recipe = network(parts);
    const found = identifyNetwork(fileOf(recipe, 7, (name) => `net.${name}`));
    expect(found).toMatchObject({ model: { ...recipe, stem: found?.stems[0] }, classes: 7 });
    expect(found!.stems).toContain(recipe.stem);
  });

  test('another classifier: the body is recognised, without classes', () => {
    const file = fileOf(resnet18, 3);
    file.delete('fc.weight');
    file.delete('fc.bias');
    file.set('fc.0.weight', { shape: [5, 64] });
    expect(identifyNetwork(file)).toMatchObject({ model: resnet18, classes: null });
  });

  test('nothing that is known here', () => {
    expect(identifyNetwork(new Map([['transformer.weight', { shape: [3, 3] }]]))).toBeNull();
    expect(identifyNetwork(fileOf(resnet18, 3, (name) => name.replace('conv', 'convolution')))).toBeNull();
  });
});
