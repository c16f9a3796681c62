import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { crossEntropy } from '../../electron/engine/backend/ops/losses.ts';
import { modelSchema } from '../../electron/contract/recipe/model.ts';
import { attention } from '../../electron/engine/distill/attention.ts';
import { dist } from '../../electron/engine/distill/dist.ts';
import { dkd } from '../../electron/engine/distill/dkd.ts';
import { fitnet } from '../../electron/engine/distill/fitnet.ts';
import { pkt } from '../../electron/engine/distill/pkt.ts';
import { rkd } from '../../electron/engine/distill/rkd.ts';
import { similarity } from '../../electron/engine/distill/similarity.ts';
import { logits } from '../../electron/engine/distill/logits.ts';
import { softTarget } from '../../electron/engine/distill/soft-target.ts';
import type { DistillationTerm, TermContext } from '../../electron/engine/distill/term.ts';
import type { ModelOutputs } from '../../electron/engine/models/model.ts';
import {
  expectClose,
  nhwc,
  parityTensors,
  parityValues,
  type ParityTensor,
  type ParityValues,
} from './parity-data.ts';
import {
  lossAndGradient,
  type Loss,
  parityGradients,
  parityPresets,
  presetSteps,
  type ParityPreset,
} from './parity-steps.ts';

const outputsOf = (logits: Tensor2D): ModelOutputs => ({ logits, features: {}, penultimate: null });

const ofTerm =
  (term: DistillationTerm): Loss =>
  (student, teacher, labels) =>
    term.loss(outputsOf(student), outputsOf(teacher), labels);

const losses: Record<string, Loss> = {
  soft_target_T20: ofTerm(softTarget({ temperature: 20, standardise: false })),
  soft_target_T4: ofTerm(softTarget({ temperature: 4, standardise: false })),
  logit_std_T2: ofTerm(softTarget({ temperature: 2, standardise: true })),
  dkd_a1_b8_T4: ofTerm(dkd({ temperature: 4, target: 1, others: 8, standardise: false })),
  dist_b1_g1_T1: ofTerm(dist({ temperature: 1, between: 1, within: 1 })),
  logits_mse: ofTerm(logits()),
  cross_entropy: (student, _, labels) => crossEntropy(labels, student),
  'cross_entropy_smooth_0.1': (student, _, labels) => crossEntropy(labels, student, 0.1),
};

/** Terms on features by their names among the references. */
const featureTerms: Record<string, () => DistillationTerm> = {
  fitnet: () => withIdentity(fitnet({ student: 'layer1', teacher: 'layer1' }, slim)),
  attention_mean: () => attention({ stages: [{ student: 'layer1', teacher: 'layer1' }] }, slim),
  similarity: () => similarity({ stages: [{ student: 'layer1', teacher: 'layer1' }] }, slim),
};

/** Terms on vectors by their names among the references. */
const vectorTerms: Record<string, () => DistillationTerm> = {
  rkd_distance: () => rkd({ stages: [], distance: 1, angle: 0 }, slim),
  rkd_angle: () => rkd({ stages: [], distance: 0, angle: 1 }, slim),
  pkt: () => pkt({ stages: [] }, slim),
};
/** Of 24 channels, as the reference features. */
const narrow = modelSchema.parse({ architecture: 'resnet18', width: 24 });
const slim: TermContext = { student: narrow, teacher: narrow, seed: 1, index: 0 };

/** The term with an adapter that changes nothing: the reference has none. */
function withIdentity(term: DistillationTerm): DistillationTerm {
  tf.tidy(() => {
    const [weight, bias] = term.parameters.map(({ variable }) => variable) as [Variable, Variable];
    weight.assign(tf.reshape(tf.eye(24), [1, 1, 24, 24]));
    bias.assign(tf.zeros([24]));
  });
  return term;
}

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

  test.each(Object.keys(featureTerms))('loss %s on features: value and gradient', (name) => {
    const term = featureTerms[name]!();
    const feature = (network: string) => nhwc(tensor(`feat.${network}_nchw`));
    const { value, grad } = tf.tidy(() => {
      const teacher = feature('teacher');
      const outputs = (layer1: Tensor4D): ModelOutputs => ({
        ...outputsOf(tf.zeros([16, 43])),
        features: { layer1 },
      });
      return tf.valueAndGrad((student: Tensor4D) =>
        term.loss(outputs(student), outputs(teacher), tf.zeros([16], 'int32')),
      )(feature('student'));
    });
    expectClose(value, Float32Array.of(values.losses[name]!), 1e-4);
    expectClose(grad, nhwc(tensor(`loss.${name}.grad`)).dataSync<'float32'>(), 1e-3);
    for (const { variable } of term.parameters) variable.dispose();
  });

  test.each(Object.keys(vectorTerms))('loss %s on vectors: value and gradient', (name) => {
    const term = vectorTerms[name]!();
    const vectors = (network: string) => {
      const { data, shape } = tensor(`embed.${network}`);
      return tf.tensor2d(data, shape as [number, number]);
    };
    const outputs = (penultimate: Tensor2D): ModelOutputs => ({
      ...outputsOf(tf.zeros([16, 43])),
      penultimate,
    });
    const { value, grad } = tf.tidy(() => {
      const teacher = outputs(vectors('teacher'));
      return tf.valueAndGrad((student: Tensor2D) =>
        term.loss(outputs(student), teacher, tf.zeros([16], 'int32')),
      )(vectors('student'));
    });
    expectClose(value, Float32Array.of(values.losses[name]!), 1e-4);
    expectClose(grad, tensor(`loss.${name}.grad`).data, 1e-3);
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
