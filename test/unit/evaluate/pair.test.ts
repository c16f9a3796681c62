import { describe, expect, it } from 'vitest';
import type { PairNames } from '../../../electron/contract/verdict.ts';
import { comparePair, type PairSide } from '../../../electron/engine/evaluate/pair.ts';
import { certain } from './fakes.ts';

const names: PairNames = {
  first: 'The student of “A”',
  second: 'the student of “B”',
  both: 'the student of “A” and the student of “B”',
  only: ['the first', 'the second'],
};
const classes = ['cat', 'dog', 'fox'].map((name) => ({ name, seen: true }));
const side = (
  run: string,
  keys: string[],
  labels: number[],
  answers: number[],
  changes: Partial<PairSide> = {},
): PairSide => ({
  run,
  keys,
  hashes: null,
  fingerprint: 'f',
  classes,
  predictions: certain(3, labels, answers),
  ...changes,
});
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('two runs, image by image', () => {
  it('are tested on the images that only one of them gets right', () => {
    const keys = range(100).map((i) => `${i}.png`);
    const labels = range(100).map((i) => i % 3);
    // The first errs on 10 to 12, the second on 0 to 9 and on 12: 10 against 2 of 100.
    const errs = (wrong: (i: number) => boolean) =>
      labels.map((label, i) => (wrong(i) ? (label + 1) % 3 : label));
    const first = side(
      'A',
      keys,
      labels,
      errs((i) => i >= 10 && i <= 12),
    );
    const second = side(
      'B',
      keys,
      labels,
      errs((i) => i <= 9 || i === 12),
    );
    const { counts, verdict, sentence, notes } = comparePair(first, second, names);
    expect(counts).toMatchObject({ n: 100, firstRight: 97, secondRight: 89, onlyFirst: 10, onlySecond: 2 });
    // 2 * (C(12,0) + C(12,1) + C(12,2)) / 2^12.
    expect(counts!.p).toBeCloseTo((2 * (1 + 12 + 66)) / 4096, 12);
    expect(verdict).toBe('better');
    expect(sentence).toBe(
      'The student of “A” is better than the student of “B”: 97.00 % against 89.00 % of 100 images right, ' +
        '10 only by the first, 2 only by the second (exact McNemar test, p = 0.039).',
    );
    expect(notes).toEqual([]);
    expect(comparePair(second, first, names).verdict).toBe('worse');
  });

  it('are matched whatever the order of images and classes', () => {
    const first = side('A', ['x', 'y', 'z'], [0, 1, 2], [0, 1, 0]);
    const turned = ['fox', 'dog', 'cat'].map((name) => ({ name, seen: true }));
    const second = side('B', ['z', 'x', 'y'], [0, 2, 1], [0, 2, 0], { classes: turned });
    expect(comparePair(first, second, names).counts).toMatchObject({ n: 3, onlyFirst: 1, onlySecond: 1 });
  });

  it('are matched by hashes where both have them, each copy of a picture once', () => {
    const first = side('A', ['a/1', 'a/2', 'a/3'], [0, 0, 1], [0, 1, 1], { hashes: ['h', 'h', 'i'] });
    const second = side('B', ['b/i', 'b/h'], [1, 0], [1, 0], { hashes: ['i', 'h'], fingerprint: 'g' });
    const { counts, notes } = comparePair(first, second, names);
    expect(counts).toMatchObject({ n: 2, firstRight: 2, secondRight: 2 });
    expect(notes).toEqual(['1 test image of “A” is left out: the other run was not tested on it.']);
  });

  it('say that paths had to do where hashes are missing and the datasets differ', () => {
    const first = side('A', ['x'], [0], [0]);
    expect(comparePair(first, side('B', ['x'], [0], [0], { fingerprint: 'g' }), names).notes).toHaveLength(1);
    expect(comparePair(first, side('B', ['x'], [0], [0]), names).notes).toEqual([]);
  });

  it('leave out images of other labels, and of classes that only one was trained on', () => {
    const keys = ['1', '2', '3', '4'];
    const first = side('A', keys, [0, 1, 2, 2], [0, 1, 2, 2]);
    const partly = classes.map((one) => ({ ...one, seen: one.name !== 'fox' }));
    const second = side('B', keys, [0, 0, 2, 2], [0, 0, 2, 2], { classes: partly });
    const { counts, notes } = comparePair(first, second, names);
    expect(counts!.n).toBe(1);
    expect(notes).toEqual([
      '1 image is left out: the runs give it a class of another name.',
      '2 images are left out: only one of the runs was trained on their classes.',
    ]);
  });

  it('say that fewer classes are an easier task', () => {
    const first = side('A', ['x'], [0], [0]);
    const more = { classes: [...classes, { name: 'owl', seen: true }], predictions: certain(4, [0], [0]) };
    expect(comparePair(first, side('B', ['x'], [0], [0], more), names).notes).toEqual([
      'The models choose among 3 and 4 classes: fewer classes are easier to distinguish.',
    ]);
  });

  it('say why there is no comparison', () => {
    const first = side('A', ['x'], [0], [0]);
    const apart = comparePair(first, side('B', ['y', 'z'], [0, 1], [0, 1]), names);
    expect(apart).toMatchObject({ counts: null, verdict: null });
    expect(apart.sentence).toContain('“A” and “B” were not tested on the same images');
    const relabelled = comparePair(first, side('B', ['x'], [1], [1]), names);
    expect(relabelled.counts).toBeNull();
    expect(relabelled.sentence).toContain('share no test image');
  });

  it('say where too few images differ for the test to show anything', () => {
    const keys = range(10).map(String);
    const labels = range(10).map(() => 0);
    const five = (wrong: number) => labels.map((_, i) => Number(i < wrong));
    const reported = (wrong: number) =>
      comparePair(side('A', keys, labels, labels), side('B', keys, labels, five(wrong)), names);
    expect(reported(5).verdict).toBe('no difference shown');
    expect(reported(5).sentence).toMatch(/p = 0\.063\)\. The test needs at least 6 images/);
    expect(reported(6).verdict).toBe('better');
    expect(reported(6).sentence).not.toContain('at least');
  });
});
