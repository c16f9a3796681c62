import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { crossEntropy } from '../../electron/engine/backend/ops/losses.ts';
import { distillationMethods } from '../../electron/engine/distill/methods.ts';
import {
  expectClose,
  parityTensors,
  parityValues,
  type ParityTensor,
  type ParityValues,
} from './parity-data.ts';
import {
  lossAndGradient,
  parityGradients,
  parityPresets,
  presetSteps,
  type ParityPreset,
} from './parity-steps.ts';

type Loss = (student: Tensor2D, teacher: Tensor2D, labels: Tensor1D) => Scalar;

const softTarget =
  (temperature: number): Loss =>
  (student, teacher) =>
    distillationMethods['soft-target'].loss(student, teacher, temperature);

const losses: Record<string, Loss> = {
  soft_target_T20: softTarget(20),
  soft_target_T4: softTarget(4),
  logits_mse: (student, teacher) => distillationMethods.logits.loss(student, teacher, 1),
  cross_entropy: (student, _, labels) => crossEntropy(labels, student),
  'cross_entropy_smooth_0.1': (student, _, labels) => crossEntropy(labels, student, 0.1),
};

/** The tests of losses and training steps against PyTorch, for the backend that `useBackend` makes the active one. */
export function distillationParity(
  useBackend: () => Promise<void>,
  presets: readonly ParityPreset[] = Object.keys(parityPresets) as ParityPreset[],
  { traced = false } = {},
): void {
  const kinds = presets.flatMap((preset) => [
    [preset, 'eager'] as const,
    ...(traced ? [[preset, 'traced'] as const] : []),
  ]);
  let tensor: ParityTensor;
  let values: ParityValues;
  beforeAll(async () => {
    await useBackend();
    tensor = await parityTensors();
    values = await parityValues();
  });

  test.each(Object.keys(losses))('loss %s: value and gradient', (name) => {
    const { value, gradient } = lossAndGradient(tensor, losses[name]!);
    expectClose([value], Float32Array.of(values.losses[name]!), 1e-4);
    expectClose(gradient, tensor(`loss.${name}.grad`).data, 1e-3);
  });

  describe.each(kinds)('three steps of %s, %s', (preset, kind) => {
    let outcome: Awaited<ReturnType<typeof presetSteps>>;
    beforeAll(async () => {
      outcome = await presetSteps(preset, tensor, values, kind === 'traced');
      // The JavaScript backend takes a minute, and several on a busy machine.
    }, 600_000);

    test('losses', () => {
      const expected = values.steps[preset]!.losses;
      for (const [i, { loss }] of outcome.steps.entries()) {
        expect(Math.abs(loss / expected[i]! - 1), `step ${i + 1}`).toBeLessThan(i === 0 ? 1e-4 : 1e-3);
      }
    });
    test('training logits', () => {
      expectClose(outcome.steps[0]!.logits, tensor(`${preset}.train_logits`).data, 1e-4);
    });
    test.each(parityGradients)('gradient of %s', (name) => {
      expectClose(outcome.gradients[name]!, tensor(`${preset}.grad.${name}`).data, 1e-3);
    });
    test('batch-norm statistics', () => {
      expectClose(outcome.runningMean, tensor(`${preset}.bn1.running_mean`).data, 1e-3);
      expectClose(outcome.runningVariance, tensor(`${preset}.bn1.running_var`).data, 1e-3);
    });
    test('logits afterwards', () => {
      expectClose(outcome.logitsAfter, tensor(`${preset}.logits_after_3_steps`).data, 1e-3);
    });
  });
}
