import { describe, expect, test } from 'vitest';
import type { Role } from '../../../electron/contract/run.ts';
import {
  matchingBiases,
  meanProbabilities,
  withBiases,
} from '../../../electron/engine/evaluate/bias-correction.ts';
import { type Predictions, softmax } from '../../../electron/engine/evaluate/predictions.ts';
import { evaluateUnseen, type UnseenInput } from '../../../electron/engine/evaluate/unseen.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

const probabilitiesOf = (rows: number[][]) => ({
  classes: rows[0]!.length,
  n: rows.length,
  probabilities: Float32Array.from(rows.flat()),
});

describe('biases that make mean probabilities the expected shares', () => {
  test('for one image are the logarithms of share and probability, but for a constant', () => {
    const biases = matchingBiases(probabilitiesOf([[0.7, 0.2, 0.1]]), [0.2, 0.3, 0.5]);
    const expected = [Math.log(0.2 / 0.7), Math.log(0.3 / 0.2), Math.log(0.5 / 0.1)];
    const mean = expected.reduce((sum, one) => sum + one) / 3;
    biases.forEach((bias, c) => expect(bias).toBeCloseTo(expected[c]! - mean, 4));
  });

  test('for two images of two classes solve the quadratic that they lead to', () => {
    // p/(p + (1-p)/f) + q/(q + (1-q)/f) = 1 for p = 0.9, q = 0.6: f^2 = (1-p)(1-q)/(pq).
    const [first] = matchingBiases(
      probabilitiesOf([
        [0.9, 0.1],
        [0.6, 0.4],
      ]),
      [1, 1],
    );
    expect(first).toBeCloseTo(Math.log((0.1 * 0.4) / (0.9 * 0.6)) / 4, 4);
  });

  test('also where a class is all but never predicted, and where none of it is expected', () => {
    const given = probabilitiesOf([
      [1, 0, 0],
      [0.5, 0.5, 0],
      [0.25, 0.75, 0],
    ]);
    const means = meanProbabilities(withBiases(given, matchingBiases(given, [2, 1, 1])));
    [0.5, 0.25, 0.25].forEach((share, c) => expect(means[c]).toBeCloseTo(share, 4));
    expect(matchingBiases(given, [1, 1, 0]).every(Number.isFinite)).toBe(true);
  });

  test('are added to the logits', () => {
    const logits = [0.3, -1, 2];
    const biases = [1, 0.5, -1.5];
    const given = { classes: 3, n: 1, probabilities: softmax(Float32Array.from(logits), 3) };
    const expected = softmax(
      Float32Array.from(logits, (z, c) => z + biases[c]!),
      3,
    );
    withBiases(given, biases).probabilities.forEach((p, c) => expect(p).toBeCloseTo(expected[c]!, 6));
  });
});

/** A student whose logits are right but for a bias against the unseen classes 3 and 4, and its teacher, without it. */
function biasedStudent(images: number, bias = -8): { teacher: Predictions; student: Predictions } {
  const draw = random(7, 'unseen test');
  const labels = Int32Array.from({ length: images }, (_, i) => i % 5);
  const logits = Float32Array.from(
    { length: images * 5 },
    (_, i) => draw.normal() + (i % 5 === labels[Math.floor(i / 5)] ? 4 : 0),
  );
  const of = (values: Float32Array): Predictions => ({
    classes: 5,
    n: images,
    labels,
    probabilities: softmax(values, 5),
  });
  return { teacher: of(logits), student: of(logits.map((z, i) => (i % 5 < 3 ? z : z + bias))) };
}

const seen = [true, true, true, false, false];
const input = (models: Partial<Record<Role, Predictions>>, rest: Partial<UnseenInput> = {}): UnseenInput => ({
  models: new Map(Object.entries(models) as [Role, Predictions][]),
  seen,
  expected: 'teacher',
  unlabelled: null,
  ...rest,
});

describe('unseen classes', () => {
  const { teacher, student } = biasedStudent(400);

  test('are never predicted as they are, told apart among themselves, and found once the biases are corrected', () => {
    const { models, images, correction } = evaluateUnseen(input({ teacher, student }))!;
    expect(images).toEqual({ seen: 240, unseen: 160 });
    expect(correction).toEqual({ expected: 'teacher', reference: 'test halves', images: 400 });
    const own = models.student!;
    expect(own.asIs.unseen).toBeLessThan(0.1);
    expect(own.amongUnseen).toBeGreaterThan(0.95);
    expect(own.corrected!.unseen).toBeCloseTo(models.teacher!.asIs.unseen, 1);
    expect(own.corrected!.seen).toBeCloseTo(models.teacher!.asIs.seen, 1);
    // The bias that was put in, from all images.
    expect(own.biases[4]! - own.biases[0]!).toBeCloseTo(8, 0);
    expect(models.teacher!.corrected).toBeNull();
  });

  test('are counted one by one', () => {
    const labels = Int32Array.from([0, 1, 3, 4]);
    // Predicted: 0, 0, 3, 0; among the unseen alone: 3 for the third image, 3 for the fourth.
    const probabilities = Float32Array.from(
      [
        [0.9, 0.1, 0, 0, 0],
        [0.6, 0.4, 0, 0, 0],
        [0.2, 0, 0, 0.7, 0.1],
        [0.5, 0, 0, 0.3, 0.2],
      ].flat(),
    );
    const { models } = evaluateUnseen(
      input({ student: { classes: 5, n: 4, labels, probabilities } }, { expected: 'uniform' }),
    )!;
    expect(models.student!.asIs).toEqual({ seen: 0.5, unseen: 0.5, all: 0.5, harmonicMean: 0.5 });
    expect(models.student!.amongUnseen).toBe(0.5);
  });

  test('are corrected without a look at a label, nor at the image that is predicted', () => {
    const shuffled = { labels: Int32Array.from(student.labels).reverse() };
    const biasesOf = (models: Parameters<typeof input>[0]) =>
      evaluateUnseen(input(models))!.models.student!.biases;
    expect(biasesOf({ teacher: { ...teacher, ...shuffled }, student: { ...student, ...shuffled } })).toEqual(
      biasesOf({ teacher, student }),
    );
    // With two images each is corrected by the other alone: what is seen of one must not change what is made of it.
    const two = (probabilities: number[]): Predictions => ({
      classes: 5,
      n: 2,
      labels: Int32Array.from([0, 3]),
      probabilities: Float32Array.from(probabilities),
    });
    const one = [0.5, 0.1, 0.1, 0.2, 0.1];
    // Made uniform by itself, the first image would be a tie; by the second, class 3 is raised tenfold and class 0 lowered.
    const { models } = evaluateUnseen(
      input({ student: two([...one, 0.8, 0.08, 0.08, 0.02, 0.02]) }, { expected: 'uniform' }),
    )!;
    expect(models.student!.corrected).toMatchObject({ seen: 0, unseen: 0 });
  });

  test('are corrected by images without labels where there are some, and by stated shares', () => {
    const half = biasedStudent(100);
    const unlabelled = new Map<Role, Predictions>([
      ['teacher', half.teacher],
      ['student', half.student],
    ]);
    const own = evaluateUnseen(input({ teacher, student }, { unlabelled }))!;
    expect(own.correction).toEqual({ expected: 'teacher', reference: 'unlabelled', images: 100 });
    expect(own.models.student!.corrected!.unseen).toBeGreaterThan(0.9);
    const stated = evaluateUnseen(input({ student }, { expected: [1, 1, 1, 1, 1] }))!;
    expect(stated.correction.expected).toBe('stated');
    expect(stated.models.student!.corrected!.unseen).toBeGreaterThan(0.9);
  });

  test('a teacher that knows some classes alone leaves the others as they are', () => {
    const covers = [0, 1, 2, 3];
    const { biases } = evaluateUnseen(input({ teacher: { ...teacher, covers }, student }))!.models.student!;
    expect(biases[3]! - biases[0]!).toBeGreaterThan(4);
    expect(Math.abs(biases[4]! - biases[0]!)).toBeLessThan(4);
  });

  test('shares that do not fit are refused; where all classes were seen there is nothing to evaluate', () => {
    expect(() => evaluateUnseen(input({ student }, { expected: [1, 2] }))).toThrow(
      '2 shares are stated for 5 classes.',
    );
    expect(() => evaluateUnseen(input({ student }, { expected: [0, 0, 0, 0, 0] }))).toThrow(
      'All stated shares are 0.',
    );
    expect(() => evaluateUnseen(input({ student }))).toThrow('no predictions of a teacher');
    expect(evaluateUnseen(input({ teacher, student }, { seen: seen.map(() => true) }))).toBeNull();
  });
});
