import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createTerm } from '../../../electron/engine/distill/methods.ts';
import { distillationTermSchema } from '../../../electron/contract/methods.ts';
import type { ModelOutputs } from '../../../electron/engine/models/model.ts';
import { useCpuBackend } from '../../support/cpu-backend.ts';
import { distilling } from '../../support/distilling.ts';
import { useNativeBackend } from '../../support/native-backend.ts';
import { tinyModel } from '../train/support.ts';

/** The papers' formulas in float64, written for rows of numbers; gradients are central differences. */

type Rows = readonly (readonly number[])[];
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const softmax = (row: readonly number[], t = 1) => {
  const top = Math.max(...row);
  const powers = row.map((value) => Math.exp((value - top) / t));
  return powers.map((power) => power / sum(powers));
};
const divergence = (p: readonly number[], q: readonly number[]) =>
  sum(p.map((share, c) => (share === 0 ? 0 : share * Math.log(share / q[c]!))));
const without = (row: readonly number[], k: number) => row.filter((_, c) => c !== k);
const standardised = (row: readonly number[]) => {
  const deviation = Math.sqrt(sum(row.map((value) => (value - mean(row)) ** 2)) / (row.length - 1));
  return row.map((value) => (value - mean(row)) / (deviation + 1e-7));
};
const correlation = (x: readonly number[], y: readonly number[]) => {
  const [a, b] = [x, y].map((values) => values.map((value) => value - mean(values))) as [number[], number[]];
  const product = (one: number[], other: number[]) => sum(one.map((value, i) => value * other[i]!));
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
};
const column = (rows: Rows, c: number) => rows.map((row) => row[c]!);

type Formula = (student: Rows, teacher: Rows, targets: readonly number[]) => number;

/** Zhao et al., 2022, equation 7. */
const decoupled =
  (alpha: number, beta: number, t: number): Formula =>
  (student, teacher, targets) =>
    mean(
      student.map((row, i) => {
        const k = targets[i]!;
        const pair = (logits: readonly number[]) => [softmax(logits, t)[k]!, 1 - softmax(logits, t)[k]!];
        const among = (logits: readonly number[]) => softmax(without(logits, k), t);
        const tckd = divergence(pair(teacher[i]!), pair(row));
        return t ** 2 * (alpha * tckd + beta * divergence(among(teacher[i]!), among(row)));
      }),
    );

/** Yang et al., 2023, equation 8. */
const normalised =
  (gamma: number, t: number): Formula =>
  (student, teacher, targets) =>
    mean(
      student.map((row, i) => {
        const k = targets[i]!;
        const q = softmax(without(row, k), t);
        const others = sum(softmax(without(teacher[i]!, k), t).map((share, c) => share * Math.log(q[c]!)));
        return -softmax(teacher[i]!)[k]! * Math.log(softmax(row)[k]!) - gamma * t ** 2 * others;
      }),
    );

/** Huang et al., 2022, equations 7 to 10. */
const correlated =
  (beta: number, gamma: number, t: number): Formula =>
  (student, teacher) => {
    const probabilities = (rows: Rows) => rows.map((row) => softmax(row, t));
    const [own, hint] = [probabilities(student), probabilities(teacher)];
    const byImage = own.map((row, i) => correlation(row, hint[i]!));
    const byClass = own[0]!.map((_, c) => correlation(column(own, c), column(hint, c)));
    return t ** 2 * (beta * (1 - mean(byImage)) + gamma * (1 - mean(byClass)));
  };

const onStandardised =
  (formula: Formula): Formula =>
  (student, teacher, targets) =>
    formula(student.map(standardised), teacher.map(standardised), targets);

const methods: [string, object, Formula][] = [
  ['dkd', { method: 'dkd', temperature: 2, target: 1.5, others: 6 }, decoupled(1.5, 6, 2)],
  [
    'dkd, standardised',
    { method: 'dkd', temperature: 2, standardise: true },
    onStandardised(decoupled(1, 8, 2)),
  ],
  ['nkd', { method: 'nkd' }, normalised(1.5, 1)],
  ['nkd at T = 3', { method: 'nkd', temperature: 3, others: 2 }, normalised(2, 3)],
  ['dist', { method: 'dist', temperature: 4, between: 2, within: 3 }, correlated(2, 3, 4)],
];

const student: Rows = [
  [1, 0.2, -1, 0.5],
  [0.5, 2, 0, -2],
  [-1, 1, 3, 0.3],
  [0.1, -0.4, 0.9, 1.3],
  [2, -2, 0, 0.7],
];
const teacher: Rows = [
  [3, 1, 0, -1],
  [0, 2.5, -1, 1.5],
  [0.3, 0, 4, 1],
  [-2, 2, 1, 5],
  [1, -1, -3, 2],
];
const labels = [0, 3, 2];
/** The last two have no label, and the teacher finds class 3 most probable. */
const targets = [...labels, 3, 3];

const outputs = (logits: Tensor2D): ModelOutputs => ({ logits, features: {}, penultimate: null });
const term = (recipe: object) =>
  createTerm(distillationTermSchema.parse(recipe), {
    student: tinyModel().recipe,
    teacher: tinyModel().recipe,
    seed: 1,
    index: 0,
  });

function slopes(formula: (rows: Rows) => number, rows: Rows): number[] {
  const step = 1e-5;
  const moved = (i: number, c: number, by: number) =>
    rows.map((row, r) => row.map((value, k) => (r === i && k === c ? value + by : value)));
  return rows.flatMap((row, i) =>
    row.map((_, c) => (formula(moved(i, c, step)) - formula(moved(i, c, -step))) / (2 * step)),
  );
}

function found(recipe: object, rows: Rows, hints: Rows, given: readonly number[]) {
  const one = term(recipe);
  const { value, grad } = tf.tidy(() =>
    tf.valueAndGrad((x: Tensor2D) =>
      one.loss(outputs(x), outputs(tf.tensor2d(hints as number[][])), tf.tensor1d([...given], 'int32')),
    )(tf.tensor2d(rows as number[][])),
  );
  return { value: value.dataSync<'float32'>()[0]!, gradient: [...grad.dataSync<'float32'>()] };
}

describe.each([
  ['cpu', useCpuBackend],
  ['onnxruntime', useNativeBackend],
] as const)('%s', (_, useBackend) => {
  test.each(methods)('%s: value and gradient, with images without labels', async (_name, recipe, formula) => {
    await useBackend();
    const { value, gradient } = found(recipe, student, teacher, labels);
    expect(value / formula(student, teacher, targets) - 1).toBeCloseTo(0, 5);
    const expected = slopes((rows) => formula(rows, teacher, targets), student);
    for (const [i, slope] of gradient.entries()) expect(slope).toBeCloseTo(expected[i]!, 4);
  });

  test.each(methods)('%s of a teacher of some classes', async (_name, recipe, formula) => {
    await useBackend();
    // Of classes 0 to 3 it knows 0, 2 and 3; the second image is of class 1.
    const covers = [0, 2, 3];
    const rows = [0, 2, 3, 4];
    const known = (all: Rows) => rows.map((row) => covers.map((c) => all[row]![c]!));
    const { objective } = distilling(
      { labels: { weight: 0 }, terms: [{ ...recipe, weight: 1 }] },
      tinyModel(),
      {
        ...tinyModel(),
        covers,
      },
    );
    const hints = teacher.map((row) => row.map((value, c) => (c === 1 ? -65504 : value)));
    const given = tf.tensor1d([0, 1, 2], 'int32');
    const lossOf = (x: Tensor2D) => objective.loss(outputs(x), given, [outputs(tf.tensor2d(hints))], []).loss;
    const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor2d(student as number[][]));
    const expected = (all: Rows) => formula(known(all), known(teacher), [0, 1, 2, 2]);
    expect(value.dataSync()[0]! / expected(student) - 1).toBeCloseTo(0, 5);
    const gradient = slopes(expected, student);
    for (const [i, slope] of grad.dataSync().entries()) expect(slope).toBeCloseTo(gradient[i]!, 4);
  });

  test.each(methods)(
    '%s stays finite where networks are certain, or of no opinion',
    async (_name, recipe) => {
      await useBackend();
      const certain = [[300, -300, -200, -250]];
      for (const rows of [certain, [[0, 0, 0, 0]], [[-300, 300, 0, 0]]]) {
        const { value, gradient } = found(recipe, rows, certain, [0]);
        expect([value, ...gradient].every(Number.isFinite)).toBe(true);
        expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e3);
      }
    },
  );
});
