import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { architectures } from '../../../electron/contract/architectures.ts';
import { publishedWeights, sizeInBytes } from '../../../electron/contract/published-weights.ts';
import { modelSchema, type ModelRecipe } from '../../../electron/contract/recipe/model.ts';
import {
  countMacs,
  countParameters,
  createModel,
  previewModel,
} from '../../../electron/engine/models/index.ts';
import { keptValues } from '../../../electron/engine/models/describe.ts';
import type { Section } from '../../../electron/engine/models/layers.ts';
import type { Model } from '../../../electron/engine/models/model.ts';
import { tidyOutputs } from '../../../electron/engine/models/model-outputs.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';

beforeAll(useCpuBackend);

const recipe = (architecture: ModelRecipe['architecture'], rest: Partial<ModelRecipe> = {}): ModelRecipe =>
  modelSchema.parse({ architecture, ...rest });

const made: Model[] = [];
function make(
  architecture: ModelRecipe['architecture'],
  rest: Partial<ModelRecipe> = {},
  classes = 5,
): Model {
  const model = createModel(recipe(architecture, rest), classes, 1);
  made.push(model);
  return model;
}
afterEach(() => made.splice(0).forEach((model) => model.dispose()));

const total = (layers: { parameters: number; macs: number }[], key: 'parameters' | 'macs') =>
  layers.reduce((sum, layer) => sum + layer[key], 0);

// torchvision's model table: num_params and _ops (GFLOPS, which count multiply-accumulates) of the ImageNet weights.
test.each([
  ['resnet18', 11_689_512, 1.814],
  ['resnet34', 21_797_672, 3.664],
  ['resnet50', 25_557_032, 4.089],
  ['mobilenet_v2', 3_504_872, 0.301],
] as const)(
  '%s has torchvision’s %i parameters and %f G multiply-accumulates',
  (architecture, parameters, gigaMacs) => {
    const layers = previewModel(recipe(architecture), 1000, 224);
    expect(total(layers, 'parameters')).toBe(parameters);
    expect(total(layers, 'macs') / 1e9).toBeCloseTo(gigaMacs, 3);
  },
);

test.each(publishedWeights.map((one) => [one.file, one] as const))(
  '%s is as long as its network’s parameters, running statistics and names take',
  (_, published) => {
    const parameters = total(previewModel(recipe(published.architecture), 1000, 224), 'parameters');
    const share = sizeInBytes(published) / (4 * parameters);
    expect(share).toBeGreaterThan(1);
    expect(share).toBeLessThan(1.03);
  },
);

test('the CIFAR ResNet of 20 layers has the 0.27 M parameters of the paper (table 6)', () => {
  const layers = previewModel(recipe('cifar_resnet20'), 10, 32);
  expect(total(layers, 'parameters') / 1e6).toBeCloseTo(0.27, 2);
  expect(layers.filter(({ name }) => /conv\d$|^fc$/.test(name))).toHaveLength(20);
});

test('an allocated model counts what its preview counts', () => {
  const model = make('mobilenet_v2', { width: 16 });
  const preview = previewModel(model.recipe, 5, 64);
  expect(countParameters(model)).toBe(total(preview, 'parameters'));
  expect(countMacs(model, 64)).toBe(total(preview, 'macs'));
});

test('parameters have torchvision’s names, in its order', () => {
  const names = make('resnet50', { width: 4 }).parameters.map(({ name }) => name);
  expect(names).toHaveLength(161);
  expect(names.slice(0, 15)).toEqual([
    'conv1.weight',
    'bn1.weight',
    'bn1.bias',
    'layer1.0.conv1.weight',
    'layer1.0.bn1.weight',
    'layer1.0.bn1.bias',
    'layer1.0.conv2.weight',
    'layer1.0.bn2.weight',
    'layer1.0.bn2.bias',
    'layer1.0.conv3.weight',
    'layer1.0.bn3.weight',
    'layer1.0.bn3.bias',
    'layer1.0.downsample.0.weight',
    'layer1.0.downsample.1.weight',
    'layer1.0.downsample.1.bias',
  ]);
  const mobile = make('mobilenet_v2', { width: 8 });
  expect(mobile.parameters).toHaveLength(158);
  expect(mobile.buffers).toHaveLength(104);
  const mobileNames = mobile.parameters.map(({ name }) => name);
  for (const name of [
    'features.0.0.weight',
    'features.1.conv.0.0.weight',
    'features.1.conv.1.weight',
    'features.1.conv.2.bias',
    'features.17.conv.2.weight',
    'features.17.conv.3.weight',
    'features.18.0.weight',
    'classifier.1.bias',
  ]) {
    expect(mobileNames).toContain(name);
  }
});

test.each([
  ['resnet18', 'imagenet', [16, 8, 4, 2]],
  ['resnet18', 'small', [64, 32, 16, 8]],
  ['resnet18', 'small-stride2', [32, 16, 8, 4]],
  ['mobilenet_v2', 'imagenet', [16, 8, 4, 2]],
  ['mobilenet_v2', 'small', [64, 32, 16, 8]],
  ['mobilenet_v2', 'small-stride2', [32, 16, 8, 4]],
  ['cifar_resnet8', 'small', [64, 32, 16]],
  ['cifar_resnet8', 'small-stride2', [32, 16, 8]],
] as const)('%s with the stem %s has stages of %j pixels for images of 64', (architecture, stem, sides) => {
  const model = make(architecture, { stem, width: 4 });
  const images = tf.zeros<tf.Rank.R4>([1, 64, 64, 3]);
  const described = model.stages(64);
  const features = described.map(({ name }) => name);
  const { logits, features: stages } = tidyOutputs(() =>
    model.forward(images, { training: false, features }),
  );
  expect(Object.values(stages).map(({ shape }) => shape.slice(1))).toEqual(
    described.map(({ outputShape }) => outputShape),
  );
  expect(Object.keys(stages)).toEqual(sides.map((_, i) => `layer${i + 1}`));
  expect(Object.values(stages).map(({ shape }) => shape[1])).toEqual(sides);
  tf.dispose([images, logits, stages]);
});

describe('the fastai head', () => {
  test('has its layers and starting values', () => {
    const model = make('resnet18', { head: 'fastai', width: 4 });
    const head = model.parameters.filter(({ group }) => group === 2);
    expect(head.map(({ name, variable }) => [name, variable.shape])).toEqual([
      ['head.bn1.weight', [64]],
      ['head.bn1.bias', [64]],
      ['head.fc1.weight', [64, 512]],
      ['head.bn2.weight', [512]],
      ['head.bn2.bias', [512]],
      ['head.fc2.weight', [512, 5]],
    ]);
    expect(head[1]!.variable.dataSync()[0]).toBeCloseTo(1e-3, 9);
    const weights = head[2]!.variable.dataSync<'float32'>();
    const std = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
    expect(std / Math.sqrt(2 / 64)).toBeCloseTo(1, 1);
  });

  test('joins maximum before average, and asks for its two dropouts in training only', () => {
    const model = make('cifar_resnet8', { head: 'fastai', width: 4 });
    const asked: unknown[] = [];
    const dropoutMask = (shape: number[], rate: number): Tensor => {
      asked.push([shape, rate]);
      return tf.ones(shape);
    };
    const images = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, 'float32', 1);
    tidyOutputs(() => model.forward(images, { training: false, dropoutMask })).logits.dispose();
    expect(asked).toEqual([]);
    tidyOutputs(() => model.forward(images, { training: true, dropoutMask })).logits.dispose();
    expect(asked).toEqual([
      [[2, 32], 0.25],
      [[2, 512], 0.5],
    ]);
    // The batch norm's running mean shows the order: maxima are at least the averages.
    const mean = [...model.buffers.find(({ name }) => name === 'head.bn1.running_mean')!.variable.dataSync()];
    for (let i = 0; i < 16; i++) expect(mean[i]).toBeGreaterThanOrEqual(mean[16 + i]!);
    expect(() => tidyOutputs(() => model.forward(images, { training: true }))).toThrow(/dropout/);
    images.dispose();
  });
});

describe('parameter groups', () => {
  test('a ResNet has three, split as fastai splits them', () => {
    const model = make('resnet18', { width: 4 });
    const groupOf = (name: string) => model.parameters.find((parameter) => parameter.name === name)!.group;
    expect(
      ['conv1.weight', 'layer2.1.bn2.bias', 'layer3.0.conv1.weight', 'layer4.1.bn2.weight', 'fc.bias'].map(
        groupOf,
      ),
    ).toEqual([0, 0, 1, 1, 2]);
    expect(make('mobilenet_v2', { width: 4 }).groups).toBe(2);
  });

  test('frozen groups train their norms alone; negative counts from the end', () => {
    const model = make('resnet18', { width: 4 });
    const trained = () => model.parameters.filter((parameter) => model.trainable(parameter));
    expect(trained()).toHaveLength(62);
    model.freezeTo(-1);
    expect(
      trained()
        .filter(({ kind }) => kind !== 'norm')
        .map(({ name }) => name),
    ).toEqual(['fc.weight', 'fc.bias']);
    expect(trained().filter(({ kind }) => kind === 'norm')).toHaveLength(40);
    const rows = model.summary(64);
    expect(rows.filter(({ trainable }) => trainable).map(({ name }) => name)).toContain('layer4.1.bn2');
    expect(rows.find(({ name }) => name === 'layer4.1.conv2')!.trainable).toBe(false);
    model.freezeTo(1);
    expect(trained().map(({ name }) => name)).toContain('layer3.0.conv1.weight');
    model.freezeTo(0);
    expect(trained()).toHaveLength(62);
    for (const group of [3, -4, 0.5]) {
      expect(() => model.freezeTo(group)).toThrow(
        expect.objectContaining({ code: 'RECIPE_INVALID' }) as Error,
      );
    }
  });
});

test('a stage that the network does not have is an error', () => {
  const model = make('cifar_resnet8', { width: 4 });
  const images = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);
  expect(() => tidyOutputs(() => model.forward(images, { training: false, features: ['layer4'] }))).toThrow(
    /layer4/,
  );
  images.dispose();
});

test.each(
  architectures.flatMap((architecture) => [
    [architecture, 'linear'] as const,
    [architecture, 'fastai'] as const,
  ]),
)(
  '%s with the %s head: gradients reach every parameter, running statistics move, nothing is left over',
  (architecture, head) => {
    const before = tf.memory().numTensors;
    const model = make(architecture, { head, width: 4, stem: 'small' }, 3);
    const images = tf.randomNormal<tf.Rank.R4>([4, 8, 8, 3], 0, 1, 'float32', 7);
    const dropoutMask = (shape: number[]) => tf.ones(shape);
    // Not every network has batch norms.
    const mean = model.buffers[0]?.variable;
    const allocated = tf.memory().numTensors;
    tf.tidy(() => {
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(model.forward(images, { training: true, dropoutMask }).logits)),
        model.parameters.map(({ variable }) => variable),
      );
      for (const { name, variable } of model.parameters) {
        const gradient = grads[variable.name]!.dataSync<'float32'>();
        expect(gradient.every(Number.isFinite), name).toBe(true);
        expect(
          gradient.reduce((sum, value) => sum + Math.abs(value), 0),
          name,
        ).toBeGreaterThan(0);
      }
    });
    if (mean) expect([...mean.dataSync()].some((value) => value !== 0)).toBe(true);
    const { logits, penultimate } = tidyOutputs(() =>
      model.forward(images, { training: false, penultimate: true }),
    );
    expect(logits.shape).toEqual([4, 3]);
    // The last linear layer makes the logits of it.
    const [weight, bias] = model.parameters
      .filter(({ kind }) => kind === 'linear' || kind === 'bias')
      .slice(head === 'linear' ? -2 : -1);
    // SqueezeNet's is a convolution, behind which it averages what a ReLU lets through.
    const again = tf.tidy(() => {
      if (weight?.kind !== 'linear') return logits.dataSync();
      const product = tf.matMul(penultimate!, weight.variable);
      return (bias ? tf.add(product, bias.variable) : product).dataSync();
    });
    expect(again).toEqual(logits.dataSync());
    tf.dispose([logits, penultimate!]);
    expect(tf.memory().numTensors).toBe(allocated);
    images.dispose();
    made.pop()!.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('equal seeds give equal weights, other seeds others', () => {
  const [a, b] = [make('cifar_resnet8'), make('cifar_resnet8')];
  const c = createModel(recipe('cifar_resnet8'), 5, 2);
  made.push(c);
  const first = (model: Model) => [...model.parameters[0]!.variable.dataSync()];
  expect(first(a)).toEqual(first(b));
  expect(first(a)).not.toEqual(first(c));
});

test('fresh weights are spread as PyTorch spreads them', () => {
  const model = make('resnet18', { width: 16 }, 43);
  const values = (name: string) => [
    ...model.parameters.find((parameter) => parameter.name === name)!.variable.dataSync(),
  ];
  const std = (numbers: number[]) =>
    Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length);
  expect(std(values('layer4.1.conv2.weight')) / Math.sqrt(2 / (9 * 128))).toBeCloseTo(1, 2);
  const linear = values('fc.weight').map((value) => Math.abs(value) * Math.sqrt(128));
  expect(Math.max(...linear)).toBeLessThanOrEqual(1);
  expect(Math.max(...linear)).toBeGreaterThan(0.99);
  expect(std(values('fc.weight'))).toBeCloseTo(1 / Math.sqrt(3 * 128), 2);
});

test('training keeps the outputs of functions, gates and joined maps besides those of the layers', () => {
  const section: Section = (layers, x) => {
    const y = layers.conv('conv', x, { channels: 4, kernel: 1, stride: 1, padding: 0 });
    const active = layers.nonlinear(layers.shuffle(y, 2), 'silu');
    const gated = layers.gate(active, layers.globalAveragePool('pool', active));
    return layers.add(layers.concat(layers.relu(gated), active), layers.concat(active, active));
  };
  // Maps of 2 x 2: function and gate of 4 channels, two joined maps of 8.
  expect(keptValues([section], 2)).toBe(2 * 16 + 2 * 32);
});
