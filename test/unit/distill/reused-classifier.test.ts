import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import { checkReuse, reusedClassifier } from '../../../electron/engine/distill/reused-classifier.ts';
import { covering } from '../../../electron/engine/models/covering.ts';
import { createModel, type Model } from '../../../electron/engine/models/index.ts';
import { random } from '../../../electron/engine/numbers/random.ts';
import { relativeError } from '../../support/backends.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { useNativeBackend } from '../../support/native-backend.ts';

const classes = 3;
const images = 5;
const [own, other] = [16, 32];
const studentRecipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 4 });
const teacherRecipe = modelSchema.parse({ architecture: 'cifar_resnet8', width: 8 });

const drawn = (rows: number, columns: number, key: string): number[][] => {
  const stream = random(3, key);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => stream.uniform(-1, 1)));
};

const rowsOf = (variable: Variable): number[][] => {
  const [rows, columns] = variable.shape.length === 1 ? [1, variable.size] : variable.shape.slice(-2);
  const values = [...variable.dataSync<'float32'>()];
  return Array.from({ length: rows! }, (_, i) => values.slice(i * columns!, (i + 1) * columns!));
};

const product = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, i) => sum + value * b[i]![column]!, 0)));
const plus = (a: number[][], [row]: number[][]): number[][] =>
  a.map((values) => values.map((value, i) => value + row![i]!));

interface Values {
  student: number[][];
  weight: number[][];
  bias: number[][];
}
interface Fixed {
  teacher: number[][];
  classifier: number[][];
  offset: number[][];
  /** What the logits are weighed with. */
  pull: number[][];
}

/** Mean squared difference of the vectors, and the logits weighed with `pull`, in float64. */
function composition({ student, weight, bias }: Values, { teacher, classifier, offset, pull }: Fixed) {
  const projected = plus(product(student, weight), bias);
  const difference = projected.flatMap((row, i) => row.map((value, j) => (value - teacher[i]![j]!) ** 2));
  const logits = plus(product(projected, classifier), offset);
  return {
    loss: difference.reduce((sum, value) => sum + value) / difference.length,
    pulled: logits.flatMap((row, i) => row.map((value, j) => value * pull[i]![j]!)).reduce((a, b) => a + b),
    logits,
  };
}

const created: Model[] = [];
const network = (recipe: typeof studentRecipe, seed: number): Model => {
  const model = createModel(recipe, classes, seed);
  created.push(model);
  return model;
};

describe.each([
  ['cpu', useCpuBackend],
  ['onnxruntime', useNativeBackend],
])('%s', (_, useBackend) => {
  beforeAll(useBackend);
  afterAll(async () => {
    for (const model of created.splice(0)) model.dispose();
    await useCpuBackend();
  });

  test('value, logits and gradients are those of a composition in float64, and the folded layer gives the logits', () => {
    const teacher = network(teacherRecipe, 1);
    const student = network(studentRecipe, 2);
    const term = reusedClassifier(
      {},
      { student: studentRecipe, teacher: teacherRecipe, network: teacher, seed: 1, index: 0 },
    );
    const [weight, bias] = term.parameters.map(({ variable }) => variable) as [Variable, Variable];
    tf.tidy(() => teacher.parameters.at(-1)!.variable.assign(tf.tensor1d([0.5, -1, 2])));
    const values: Values = {
      student: drawn(images, own, 'student'),
      weight: rowsOf(weight),
      bias: rowsOf(bias),
    };
    const fixed: Fixed = {
      teacher: drawn(images, other, 'teacher'),
      classifier: rowsOf(teacher.parameters.at(-2)!.variable),
      offset: [[0.5, -1, 2]],
      pull: drawn(images, classes, 'pull'),
    };
    const expected = composition(values, fixed);
    const outputs = (penultimate: Tensor2D) => ({
      logits: tf.zeros<tf.Rank.R2>([images, classes]),
      features: {},
      penultimate,
    });
    const vector = tf.variable(tf.tensor2d(values.student));
    tf.tidy(() => {
      const target = outputs(tf.tensor2d(fixed.teacher));
      const { value, grads } = tf.variableGrads(
        () => {
          const given = outputs(vector as tf.Tensor as Tensor2D);
          const pulled = tf.sum(tf.mul(term.classifier!.logits(given), tf.tensor2d(fixed.pull)));
          return tf.add<tf.Scalar>(term.loss(given, target, tf.tensor1d([], 'int32')), pulled);
        },
        [vector, weight, bias] as Variable[],
      );
      expect(value.dataSync()[0]! / (expected.loss + expected.pulled)).toBeCloseTo(1, 4);
      for (const [name, variable] of [
        ['student', vector],
        ['weight', weight],
        ['bias', bias],
      ] as const) {
        const slopes = values[name].flatMap((row, i) =>
          row.map((entry, j) => {
            const at = (by: number) => {
              const moved = composition(
                { ...values, [name]: values[name].with(i, row.with(j, entry + by)) },
                fixed,
              );
              return moved.loss + moved.pulled;
            };
            return (at(1e-4) - at(-1e-4)) / 2e-4;
          }),
        );
        expect(relativeError(grads[variable.name]!.dataSync(), slopes), name).toBeLessThan(1e-3);
      }
      term.classifier!.fold(student);
      const folded = composition(
        {
          ...values,
          weight: rowsOf(student.parameters.at(-2)!.variable),
          bias: rowsOf(student.parameters.at(-1)!.variable),
        },
        {
          ...fixed,
          classifier: [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          offset: [[0, 0, 0]],
          teacher: fixed.pull,
        },
      ).logits;
      expect(relativeError(folded.flat(), expected.logits.flat())).toBeLessThan(1e-6);
    });
    tf.dispose([vector, weight, bias]);
  });

  test('the teacher as its own student, projected by the identity, has its logits; unknown classes keep theirs', () => {
    const teacher = covering(network(teacherRecipe, 1), [0, 2]);
    const student = network(teacherRecipe, 1);
    const term = reusedClassifier(
      {},
      { student: teacherRecipe, teacher: teacherRecipe, network: teacher, seed: 1, index: 0 },
    );
    tf.tidy(() => {
      const [weight, bias] = term.parameters.map(({ variable }) => variable) as [Variable, Variable];
      weight.assign(tf.eye(other));
      bias.assign(tf.zeros([other]));
      term.classifier!.fold(student);
      const pixels = tf.randomNormal<tf.Rank.R4>([2, 16, 16, 3], 0, 1, 'float32', 4);
      const [a, b] = [teacher, student].map((one) =>
        one.forward(pixels, { training: false }).logits.dataSync(),
      );
      expect([...b!]).toEqual([...a!]);
      expect(b![1]).toBe(-65504);
    });
    for (const { variable } of term.parameters) variable.dispose();
  });
});

test('networks without a fitting linear layer are refused by name', () => {
  const squeezenet = modelSchema.parse({ architecture: 'squeezenet1_1' });
  const fastai = modelSchema.parse({ architecture: 'cifar_resnet8', head: 'fastai' });
  expect(() => checkReuse(squeezenet, teacherRecipe)).toThrow(/student, squeezenet1_1/);
  expect(() => checkReuse(studentRecipe, squeezenet)).toThrow(/teacher, squeezenet1_1/);
  expect(() => checkReuse(fastai, teacherRecipe)).toThrow(/no bias/);
  expect(checkReuse(fastai, fastai)).toMatchObject({ own: { weight: 'head.fc2.weight', bias: null } });
  expect(checkReuse(studentRecipe, fastai)).toMatchObject({ reused: { units: 512, bias: null } });
});
