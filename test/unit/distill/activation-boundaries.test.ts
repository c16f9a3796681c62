import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { activationBoundaries } from '../../../electron/engine/distill/activation-boundaries.ts';
import type { DistillationTerm } from '../../../electron/engine/distill/term.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { useNativeBackend } from '../../support/native-backend.ts';

const [images, height, own, other] = [3, 2, 4, 6];
const places = images * height * height;
const margin = 1;
const stages = [{ student: 'layer1', teacher: 'layer2' }];

const drawn = (length: number, key: string): number[] => {
  const stream = random(7, key);
  return Array.from({ length }, () => stream.uniform(-1, 1));
};

interface Values {
  /** [places, own] and [places, other]. */
  student: number[];
  teacher: number[];
  /** [own, other], [other], [other]. */
  weight: number[];
  gamma: number[];
  beta: number[];
}

/** Heo et al., equation 6 as a mean, with 1x1 convolution and batch norm before it, in float64. */
function composition({ student, teacher, weight, gamma, beta }: Values): number {
  const convolved = Array.from({ length: places }, (_, place) =>
    gamma.map((_, channel) =>
      Array.from({ length: own }, (_, i) => student[place * own + i]! * weight[i * other + channel]!).reduce(
        (sum, part) => sum + part,
      ),
    ),
  );
  let sum = 0;
  for (const channel of gamma.keys()) {
    const column = convolved.map((row) => row[channel]!);
    const mean = column.reduce((total, value) => total + value) / places;
    const variance = column.reduce((total, value) => total + (value - mean) ** 2, 0) / places;
    for (const [place, value] of column.entries()) {
      const y = (gamma[channel]! * (value - mean)) / Math.sqrt(variance + 1e-5) + beta[channel]!;
      const isActive = teacher[place * other + channel]! > 0;
      if (isActive && y < margin) sum += (y - margin) ** 2;
      if (!isActive && y > -margin) sum += (y + margin) ** 2;
    }
  }
  return sum / (places * other);
}

/** By central differences. */
const slopes = (values: Values, name: keyof Values): number[] =>
  values[name].map((value, i) => {
    const at = (by: number) => composition({ ...values, [name]: values[name].with(i, value + by) });
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });

function valueAndGradients(term: DistillationTerm, values: Values) {
  const adapters = term.parameters.map(({ variable }) => variable);
  const outputs = (stage: string, feature: Tensor4D) => ({
    logits: tf.zeros<tf.Rank.R2>([images, 2]),
    features: { [stage]: feature },
    penultimate: null,
  });
  const map = (data: number[], channels: number) => tf.tensor4d(data, [images, height, height, channels]);
  const student = tf.variable(map(values.student, own));
  const found = tf.tidy(() => {
    adapters[1]!.assign(tf.tensor1d(values.gamma));
    adapters[2]!.assign(tf.tensor1d(values.beta));
    const teacher = outputs('layer2', map(values.teacher, other));
    const trained = [student, ...adapters] as Variable[];
    const { value, grads } = tf.variableGrads(
      () => term.loss(outputs('layer1', student), teacher, tf.tensor1d([], 'int32')),
      trained,
    );
    return {
      value: value.dataSync<'float32'>()[0]!,
      gradients: trained.map(({ name }) => grads[name]!.dataSync<'float32'>().slice()),
    };
  });
  tf.dispose([student, ...adapters]);
  return found;
}

describe.each([
  ['cpu', useCpuBackend],
  ['onnxruntime', useNativeBackend],
])('%s', (_, useBackend) => {
  beforeAll(useBackend);
  afterAll(useCpuBackend);

  test('value and gradients are those of a composition in float64', () => {
    const term = activationBoundaries(
      { stages, margin },
      {
        student: modelSchema.parse({ architecture: 'cifar_resnet8', width: own }),
        teacher: { channels: { layer2: other } },
        seed: 1,
        index: 2,
      },
    );
    expect(term.parameters.map(({ name }) => name)).toEqual([
      'adapter2.0.weight',
      'adapter2.0.norm.weight',
      'adapter2.0.norm.bias',
    ]);
    const values: Values = {
      student: drawn(places * own, 'student'),
      // Behind a ReLU, half of it is 0.
      teacher: drawn(places * other, 'teacher').map((value) => Math.max(0, value)),
      weight: [...term.parameters[0]!.variable.dataSync()],
      gamma: drawn(other, 'gamma').map((value) => 1 + value / 2),
      beta: drawn(other, 'beta'),
    };
    const { value, gradients } = valueAndGradients(term, values);
    expect(value / composition(values)).toBeCloseTo(1, 4);
    for (const [i, name] of (['student', 'weight', 'gamma', 'beta'] as const).entries())
      expect(relativeError(gradients[i]!, slopes(values, name)), name).toBeLessThan(1e-3);
  });
});
