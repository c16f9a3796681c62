import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { pkt } from '../../../electron/engine/distill/pkt.ts';
import { rkd } from '../../../electron/engine/distill/rkd.ts';
import { similarity } from '../../../electron/engine/distill/similarity.ts';
import type { DistillationTerm, TermContext } from '../../../electron/engine/distill/term.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';

beforeAll(useCpuBackend);

const network = modelSchema.parse({ architecture: 'cifar_resnet8' });
const context: TermContext = { student: network, teacher: network, seed: 1, index: 0 };
const terms: Record<string, DistillationTerm> = {
  similarity: similarity({ stages: [] }, context),
  rkd: rkd({ stages: [], distance: 25, angle: 50 }, context),
  pkt: pkt({ stages: [] }, context),
};

type Rows = number[][];

const drawn = (rows: number, units: number, seed: number): Rows => {
  const stream = random(seed, 'vectors');
  return Array.from({ length: rows }, () => Array.from({ length: units }, () => stream.uniform(-1, 2)));
};

function valueAndGradient(term: DistillationTerm, student: Rows, teacher: Rows) {
  const outputs = (penultimate: Tensor2D) => ({
    logits: tf.zeros<tf.Rank.R2>([student.length, 3]),
    features: {},
    penultimate,
  });
  return tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((x: Tensor2D) =>
      term.loss(outputs(x), outputs(tf.tensor2d(teacher)), tf.tensor1d([], 'int32')),
    )(tf.tensor2d(student));
    return { value: value.dataSync()[0]!, gradient: [...grad.dataSync()] };
  });
}

const minus = (a: number[], b: number[]) => a.map((value, i) => value - b[i]!);
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const smoothL1 = (a: number[], b: number[]) =>
  mean(minus(a, b).map((d) => (Math.abs(d) < 1 ? d ** 2 / 2 : Math.abs(d) - 0.5)));

/** Park et al., equations 5 to 9, in float64; coinciding rows have neither distance nor angle. */
function relational(student: Rows, teacher: Rows): number {
  const distances = (x: Rows) => {
    const all = x.flatMap((a) => x.map((b) => Math.hypot(...minus(a, b))));
    const total = mean(all) * (x.length / (x.length - 1));
    return all.map((distance) => distance / total);
  };
  const angles = (x: Rows) =>
    x.flatMap((corner) => {
      const directions = x.map((other) => {
        const difference = minus(other, corner);
        const length = Math.hypot(...difference);
        return difference.map((value) => (length === 0 ? 0 : value / length));
      });
      return directions.flatMap((a) => directions.map((b) => dot(a, b)));
    });
  return (
    25 * smoothL1(distances(student), distances(teacher)) + 50 * smoothL1(angles(student), angles(teacher))
  );
}

describe('two equal images in a batch', () => {
  const teacher = drawn(6, 7, 2);
  const student = drawn(6, 5, 1).map((row, i, all) => (i === 4 ? all[1]! : row));

  test.each(Object.keys(terms))('have finite losses and gradients of %s', (name) => {
    const { value, gradient } = valueAndGradient(terms[name]!, student, teacher);
    expect(value).toBeGreaterThan(0);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  test('leave the other images what the definition of RKD gives them', () => {
    const { value, gradient } = valueAndGradient(terms['rkd']!, student, teacher);
    expect(value / relational(student, teacher)).toBeCloseTo(1, 5);
    const step = 1e-5;
    const others = [0, 2, 3, 5];
    const slopes = others.flatMap((row) =>
      student[row]!.map((_, column) => {
        const moved = (by: number) =>
          relational(
            student.map((values, i) => (i === row ? values.with(column, values[column]! + by) : values)),
            teacher,
          );
        return (moved(step) - moved(-step)) / (2 * step);
      }),
    );
    const found = others.flatMap((row) => gradient.slice(row * 5, row * 5 + 5));
    expect(relativeError(found, slopes)).toBeLessThan(1e-3);
  });
});

test.each(Object.keys(terms))('vectors of zeros, and a batch of one image, are no NaN for %s', (name) => {
  const teacher = drawn(4, 3, 3);
  const zeros = Array.from({ length: 4 }, () => [0, 0]);
  const oneZero = drawn(4, 2, 4).with(2, [0, 0]);
  for (const student of [zeros, oneZero, oneZero.slice(0, 1)]) {
    const { value, gradient } = valueAndGradient(terms[name]!, student, teacher.slice(0, student.length));
    expect(Number.isFinite(value)).toBe(true);
    // No image may be thrown far away by a division by its length.
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e3);
  }
});

test('the penultimate vector of an ONNX file is refused by name', () => {
  expect(() => pkt({ stages: [] }, { ...context, teacher: { channels: { layer3: 8 } } })).toThrow(
    /penultimate/,
  );
});
