import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { relativeError } from '../../support/backends.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { hasWebGpu, useWebGpuBackend, webGpuSkip } from '../../support/webgpu-backend.ts';
import { Trial, type Outcome, overall, type TrainingSetting, trialOutcome } from './training.ts';

const cifar: TrainingSetting = { architecture: 'cifar_resnet8', width: 8, size: 16 };
const lossesOf = ({ steps }: Outcome) => steps.map(({ loss }) => loss);

// A software driver takes seconds for the first step: it compiles every kernel.
describe.skipIf(!hasWebGpu)(`recorded steps on WebGPU (${webGpuSkip})`, { timeout: 300_000 }, () => {
  // Moments are sums of gradients. In MobileNetV2 on tiny maps one ReLU6 that opens instead of closing makes a hundredth of them.
  test.each<[string, TrainingSetting, number]>([
    ['CIFAR ResNet-8 under a teacher', { ...cifar, teacher: true, clipNorm: 1 }, 1e-3],
    ["fastai's head, dropout", { ...cifar, head: 'fastai', labelSmoothing: 0.1 }, 1e-3],
    ['ResNet-18, max pooling', { architecture: 'resnet18', width: 8, size: 32 }, 1e-3],
    ['MobileNetV2', { architecture: 'mobilenet_v2', width: 8, size: 32, learningRate: 1e-6 }, 0.1],
  ])('%s: the processor takes the same', async (_, setting, tolerance) => {
    await useNativeBackend();
    const expected = await trialOutcome(setting, 4, true);
    await useWebGpuBackend();
    const actual = await trialOutcome(setting, 4, true);
    expect(actual.failure).toBeNull();
    expect(relativeError(lossesOf(actual), lossesOf(expected))).toBeLessThan(1e-4);
    expect(overall(actual.state, expected.state)).toBeLessThan(1e-5);
    expect(overall(actual.moments, expected.moments)).toBeLessThan(tolerance);
    expect(actual.tensorsLeft).toBe(0);
  });

  describe('weights on the device', () => {
    beforeAll(useWebGpuBackend);

    test('are read between steps, and outlive the recording that made them', async () => {
      const script = async () => {
        const trial = new Trial(cifar, true);
        try {
          await trial.runs(2);
          const between = await trial.state();
          // Another batch size makes another recording.
          await trial.run(5);
          await trial.run();
          const eager = tf.tidy(() =>
            trial.model
              .forward(tf.ones([2, 16, 16, 3]), { training: false })
              .logits.dataSync<'float32'>()
              .slice(),
          );
          trial.step.dispose();
          return [between.state, (await trial.state()).state, { eager }];
        } finally {
          trial.dispose();
        }
      };
      const actual = await script();
      await useNativeBackend();
      const expected = await script();
      expected.forEach((state, i) => {
        for (const [name, values] of Object.entries(state))
          expect(relativeError(actual[i]![name]!, values), name).toBeLessThan(1e-4);
      });
    });
  });
});
