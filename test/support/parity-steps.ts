import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { distillationPresets, type DistillationPreset } from '../../electron/contract/distillation.ts';
import type { Batch } from '../../electron/engine/data/batch.ts';
import { createModel } from '../../electron/engine/models/index.ts';
import type { Model } from '../../electron/engine/models/model.ts';
import { applyWeights } from '../../electron/engine/models/weights/apply.ts';
import { toTorch } from '../../electron/engine/models/weights/layout.ts';
import { readWeights } from '../../electron/engine/models/weights/load.ts';
import { Optimizer } from '../../electron/engine/train/optimizer.ts';
import { type StepValues, unpack } from '../../electron/engine/train/step.ts';
import { TrainingStep } from '../../electron/engine/train/training-step.ts';
import { distilling } from './distilling.ts';
import { nhwc, parityFolder, type ParityTensor, type ParityValues } from './parity-data.ts';

/** The presets by the names that the reference values use. */
export const parityPresets = {
  seed_2021: 'seed-2021',
  fasterai_now: 'fasterai',
  hinton: 'hinton',
} as const satisfies Record<string, DistillationPreset>;

export type ParityPreset = keyof typeof parityPresets;

/** Names of the gradients that the references hold. */
export const parityGradients = [
  'conv1.weight',
  'layer2.0.bn1.weight',
  'layer4.1.conv2.weight',
  'fc.bias',
] as const;

const classes = 43;

async function pretrained(architecture: 'resnet18' | 'resnet34', file: string): Promise<Model> {
  const model = createModel({ architecture, width: 16, stem: 'imagenet', head: 'linear' }, classes, 1);
  applyWeights(model, await readWeights(path.join(parityFolder, file)));
  return model;
}

function batchOf(tensor: ParityTensor): Batch {
  const input = tensor('input_nchw');
  const images = nhwc(input);
  const labels = Int32Array.from(tensor('labels').data);
  const shared = new Float32Array(new SharedArrayBuffer(4 * images.size));
  shared.set(images.dataSync());
  images.dispose();
  return { images: shared, labels, indices: Int32Array.from(labels.keys()), n: labels.length };
}

export interface PresetOutcome {
  /** What the three steps read: losses and training logits. */
  steps: StepValues[];
  /** Of the first step, in PyTorch's layout. */
  gradients: Record<string, Float32Array>;
  runningMean: Float32Array;
  runningVariance: Float32Array;
  /** In evaluation mode. */
  logitsAfter: Float32Array;
}

/**
 * Three training steps of the reference student under the reference teacher, on whichever tfjs backend is active. Traced, the
 * first is recorded, and it and the others are replayed: whatever the outcome holds was computed by the graph. Throws where a
 * step was not computed as `trace` asks.
 */
export async function presetSteps(
  preset: ParityPreset,
  tensor: ParityTensor,
  values: ParityValues,
  trace: boolean,
): Promise<PresetOutcome> {
  const model = await pretrained('resnet18', 'resnet18_w16.pth');
  const teacher = await pretrained('resnet34', 'resnet34_w16_nested.pth');
  const { objective } = distilling(distillationPresets[parityPresets[preset]], model, teacher);
  const { lr, wd, beta1, beta2, eps } = values.steps[preset]!;
  const optimizer = new Optimizer(model.parameters, {
    name: 'adamw',
    beta2,
    epsilon: eps,
    weightDecay: wd,
  });
  const hyper = { learningRates: Array.from({ length: model.groups }, () => lr), momentum: beta1 };
  const batch = batchOf(tensor);
  const step = new TrainingStep({ model, objective, optimizer, clipNorm: null, trace });
  const take = async (): Promise<StepValues> => {
    const results = await unpack(step.run(batch, { epoch: 1, hyper }), objective);
    if (step.traced !== trace)
      throw new Error(`A step was ${trace ? 'not ' : ''}replayed (${step.failure ?? 'no failure'}).`);
    return results;
  };
  const outcome: PresetOutcome = {
    steps: [await take()],
    gradients: await firstGradients(model, optimizer, beta1),
    runningMean: new Float32Array(),
    runningVariance: new Float32Array(),
    logitsAfter: new Float32Array(),
  };
  while (outcome.steps.length < 3) outcome.steps.push(await take());
  step.dispose();
  const buffer = (name: string) =>
    model.buffers
      .find((each) => each.name === name)!
      .variable.dataSync<'float32'>()
      .slice();
  outcome.runningMean = buffer('bn1.running_mean');
  outcome.runningVariance = buffer('bn1.running_var');
  outcome.logitsAfter = tf.tidy(() => {
    const images = nhwc(tensor('input_nchw'));
    return model.forward(images, { training: false }).logits.dataSync<'float32'>().slice();
  });
  optimizer.dispose();
  model.dispose();
  teacher.dispose();
  return outcome;
}

/** A step gives no gradients away, but after the first one Adam's first moment is (1 - beta1) times the gradient. */
async function firstGradients(
  model: Model,
  optimizer: Optimizer,
  beta1: number,
): Promise<Record<string, Float32Array>> {
  const { tensors } = await optimizer.save();
  const entries = parityGradients.map((name) => {
    const { kind } = model.parameters.find((parameter) => parameter.name === name)!;
    const { shape, data } = tensors.get(`m.${name}`)!;
    return [
      name,
      toTorch(
        kind,
        shape,
        data.map((value) => value / (1 - beta1)),
      ),
    ] as const;
  });
  return Object.fromEntries(entries);
}

export type Loss = (student: Tensor2D, teacher: Tensor2D, labels: Tensor1D) => tf.Scalar;

/** Value and gradient by the student's logits of one of our losses, on the reference inputs. */
export function lossAndGradient(tensor: ParityTensor, loss: Loss): { value: number; gradient: Float32Array } {
  return tf.tidy(() => {
    const matrix = (name: string) => tf.tensor2d(tensor(name).data, tensor(name).shape as [number, number]);
    const labels = tf.tensor1d(Int32Array.from(tensor('loss.labels').data), 'int32');
    const teacher = matrix('loss.teacher');
    const { value, grad } = tf.valueAndGrad((student: Tensor2D) => loss(student, teacher, labels))(
      matrix('loss.student'),
    );
    return { value: value.dataSync()[0]!, gradient: grad.dataSync<'float32'>().slice() };
  });
}
