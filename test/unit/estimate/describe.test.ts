import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import { describeModel } from '../../../electron/engine/estimate/describe-model.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { context } from './support.ts';

beforeAll(useNativeBackend);

const runtime = runtimeSchema.parse({ backend: 'onnxruntime' });
const describeAt = (architecture: string, size = 224, batchSize = 32, classes = 1000) =>
  describeModel({ model: modelSchema.parse({ architecture }), classes, size, batchSize, runtime }, context());

// Parameters as torchvision's documentation gives them, multiply-accumulates as fvcore counts them.
test.each([
  ['resnet18', 11_689_512, 1_814_073_344],
  ['resnet50', 25_557_032, 4_089_184_256],
  ['mobilenet_v2', 3_504_872, 300_774_272],
])('%s costs what torchvision says', async (architecture, parameters, macs) => {
  const described = await describeAt(architecture);
  expect(described).toMatchObject({ architecture, parameters, macs });
  expect(described.groups.reduce((sum, group) => sum + group.parameters, 0)).toBe(parameters);
});

test('groups are counted as freezeTo counts them', async () => {
  const { groups } = await describeAt('resnet18');
  expect(groups).toEqual([
    { name: 'stem to layer2', parameters: 9408 + 128 + 147_968 + 525_568 },
    { name: 'layer3 and layer4', parameters: 2_099_712 + 8_393_728 },
    { name: 'head', parameters: 513_000 },
  ]);
});

test('no weight is allocated, and larger networks take longer', async () => {
  const before = tf.memory();
  const small = await describeAt('cifar_resnet8', 32);
  const large = await describeAt('resnet50', 96);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(small.latencyMs).toBeGreaterThan(0);
  expect(large.latencyMs).toBeGreaterThan(small.latencyMs);
  expect(small.bytes).toBeLessThan(large.bytes);
});

test('training memory beside the process is what was measured for ResNet-18', async () => {
  const { trainingBytes } = await describeAt('resnet18', 96, 32, 43);
  const [resident, own] = [760e6, 150e6];
  expect(trainingBytes / (resident - own)).toBeGreaterThan(0.9);
  expect(trainingBytes / (resident - own)).toBeLessThan(1.1);
});
