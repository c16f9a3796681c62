import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { Statistics } from '../../../electron/contract/recipe/statistics.ts';
import { type GivenTeacher, teacherSchema } from '../../../electron/contract/recipe/teacher.ts';
import { withRemedy } from '../../../electron/contract/teacher-check.ts';
import {
  bestOrder,
  checkTeacher,
  type TeacherCheck,
  relabelled,
  upperLimit,
} from '../../../electron/engine/evaluate/teacher-check.ts';

const givenTeacher = (input: z.input<typeof teacherSchema>) => teacherSchema.parse(input) as GivenTeacher;

/** `each` images of every class; the teacher is right in the first `right` of each, else says the next class. */
function check(
  classes: number,
  each: number,
  right: number,
  parts: Partial<TeacherCheck> = {},
): TeacherCheck {
  const labels = Int32Array.from({ length: classes * each }, (_, i) => Math.floor(i / each));
  const predictions = labels.map((label, i) => (i % each < right ? label : (label + 1) % classes));
  return { labels, predictions, classes, readings: [], expected: null, ...parts };
}

test.each([
  [33, 100],
  [0, 10],
  [7, 7],
])(
  "the upper limit of %d in %d is Wilson's: the accuracy p with (p - right/n)^2 = z^2 p (1 - p) / n",
  (right, n) => {
    const p = upperLimit(right, n);
    expect(p).toBeGreaterThanOrEqual(right / n);
    expect((p - right / n) ** 2).toBeCloseTo((3.09 ** 2 * p * (1 - p)) / n, 10);
  },
);

test('a good teacher is fine, a poor one is warned of, one near chance is stopped', () => {
  expect(checkTeacher(check(10, 20, 19))).toMatchObject({ kind: 'fine', right: 190 });
  expect(checkTeacher(check(10, 20, 8))).toMatchObject({
    kind: 'doubtful',
    message: expect.stringContaining(
      '80 of 200 held-out images right (40 %; guessing would get 10 %)',
    ) as string,
  });
  expect(checkTeacher(check(10, 20, 2))).toMatchObject({
    kind: 'wrong',
    message: expect.stringContaining('near chance') as string,
    hint: expect.stringMatching(/teacher\.classes.*teacher\.image/) as string,
  });
});

test('a handful of images proves nothing: only a warning', () => {
  expect(checkTeacher(check(3, 2, 0)).kind).toBe('doubtful');
});

test('a teacher that is near chance in its own run is no worse here', () => {
  expect(checkTeacher(check(10, 20, 2, { expected: 0.12 })).kind).toBe('doubtful');
  expect(checkTeacher(check(10, 20, 12, { expected: 0.62 })).kind).toBe('fine');
  expect(checkTeacher(check(10, 20, 7, { expected: 0.99 }))).toMatchObject({
    kind: 'wrong',
    message: expect.stringContaining('99 % in the run that it comes from') as string,
  });
});

test('another reading that fits surely better is reported, one that may be luck is not', () => {
  // Its classes in the order of ImageFolder.
  const order = [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9];
  const right = check(12, 2, 2);
  const predictions = right.labels.map((label) => order.indexOf(label));
  const reading = {
    kind: 'order' as const,
    what: 'in the order of their names as text',
    hint: 'Name them.',
    remedy: null,
    predictions: relabelled(predictions, order),
  };
  expect(checkTeacher({ ...right, predictions, readings: [reading] })).toMatchObject({
    kind: 'wrong',
    message: expect.stringContaining(
      'but would get 100 % right in the order of their names as text.',
    ) as string,
    hint: 'Name them.',
  });
  const luck = {
    ...right,
    predictions: right.predictions.map((predicted, i) => (i < 3 ? (predicted + 1) % 12 : predicted)),
  };
  expect(checkTeacher({ ...luck, readings: [{ ...reading, predictions: right.labels }] }).kind).toBe('fine');
});

test('another reading that probably fits better is named in the warning', () => {
  const few = check(12, 1, 0);
  const predictions = few.labels.map((label) => (label < 6 ? label : 0));
  const reading = {
    kind: 'order' as const,
    what: 'in another order',
    hint: 'Name them.',
    remedy: { classes: ['b', 'a'] },
    predictions,
  };
  expect(checkTeacher({ ...few, readings: [reading] })).toMatchObject({
    kind: 'doubtful',
    message: expect.stringMatching(/would get 50 % right in another order\. Name them\.$/) as string,
    remedy: { classes: ['b', 'a'] },
  });
});

test('13 of 24 against 1 stops a run, unless too many orders were tried', () => {
  // Each right where the other is wrong: p = 2 (1 + 14) / 2^14 = 0.0018.
  const all = check(12, 2, 2);
  const wrong = all.labels.map((label) => (label + 1) % 12);
  const rightIn = (from: number, to: number) =>
    wrong.map((predicted, i) => (i >= from && i < to ? all.labels[i]! : predicted));
  const reading = { what: 'otherwise', hint: 'Do this.', remedy: null, predictions: rightIn(1, 14) };
  const other = (kind: 'order' | 'image', n: number) => ({
    ...reading,
    kind,
    predictions: rightIn(24 - n, 24),
  });
  const kindOf = (readings: TeacherCheck['readings']) =>
    checkTeacher({ ...all, predictions: rightIn(0, 1), readings }).kind;
  const order = { ...reading, kind: 'order' as const };
  const images = [2, 3, 4, 5, 6, 7].map((n) => other('image', n));
  // 0.005 for one order, also where it was tried twice; 0.0025 for two; 0.0017 for three.
  expect(kindOf([order, order, order, ...images])).toBe('wrong');
  expect(kindOf([order, other('order', 2)])).toBe('wrong');
  expect(kindOf([order, other('order', 2), other('order', 3)])).toBe('doubtful');
  expect(kindOf([{ ...reading, kind: 'fitted' }])).toBe('doubtful');
  // A sure known order is named before one that was fitted and gets more right.
  const fitted = {
    kind: 'fitted' as const,
    what: 'fitted',
    hint: 'Guess.',
    remedy: null,
    predictions: all.labels,
  };
  expect(checkTeacher({ ...all, predictions: rightIn(0, 1), readings: [fitted, order] })).toMatchObject({
    kind: 'wrong',
    hint: 'Do this.',
  });
});

test('the best order is found from the predictions', () => {
  const { labels } = check(4, 5, 5);
  const order = [2, 0, 3, 1];
  const predictions = labels.map((label) => order.indexOf(label));
  expect(bestOrder({ labels, predictions, classes: 4 })).toEqual(order);
});

test('a remedy changes the field that the kind of teacher has for it', () => {
  const weights = givenTeacher({ source: 'weights', path: 'a.pth', model: { architecture: 'resnet18' } });
  const image = { mean: [0, 0, 0], std: [1, 1, 1] } satisfies Statistics;
  expect(withRemedy(weights, { image })).toEqual({
    ...weights,
    image: { size: null, resize: null, ...image },
  });
  expect(withRemedy(weights, { classes: ['b', 'a'] })).toMatchObject({ classes: ['b', 'a'] });
  const onnx = givenTeacher({ source: 'onnx', path: 'a.onnx', hints: { size: 64 } });
  expect(withRemedy(onnx, { hints: { layout: 'NHWC' } })).toMatchObject({
    hints: { size: 64, layout: 'NHWC' },
  });
  const run = givenTeacher({ source: 'run', path: 'runs/a' });
  for (const remedy of [{ image }, { classes: ['b', 'a'] }, { hints: {} }])
    expect(withRemedy(run, remedy)).toBe(run);
});
