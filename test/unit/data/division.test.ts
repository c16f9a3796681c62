import { describe, expect, it } from 'vitest';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import type { Sample } from '../../../electron/engine/data/dataset.ts';
import { countDivision, divide } from '../../../electron/engine/data/division.ts';

function loose(counts: number[]): Sample[] {
  return counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, at) => ({ key: `${label}/${at}.png`, label, track: null, hash: '' })),
  );
}

describe("the dataset's own validation part", () => {
  const dataset = {
    classes: ['a', 'b', 'c'],
    train: loose([10, 10, 10]),
    validation: loose([2, 3, 4]).map((sample) => ({ ...sample, key: `val/${sample.key}` })),
    test: loose([1, 1, 1]),
  };
  const keysOf = (kept: ReturnType<typeof divide>, part: 'train' | 'validation') =>
    kept.split[part].map((index) => kept.pool[index]!.key);

  it('validates by default, whole, and the whole training part trains', () => {
    const division = divide(dataset, dataSchema.parse({ trainClasses: [0, 2] }), 1);
    expect(division).toMatchObject({ method: 'given', leftAside: 0 });
    const ofAC = (samples: Sample[]) => samples.filter(({ label }) => label !== 1).map(({ key }) => key);
    expect(keysOf(division, 'train')).toEqual(ofAC(dataset.train));
    expect(keysOf(division, 'validation')).toEqual(ofAC(dataset.validation));
    expect(division.test).toBe(dataset.test);
  });

  it('is left aside by any other way, and counted', () => {
    const division = divide(dataset, dataSchema.parse({ split: { method: 'stratified' } }), 1);
    expect(division).toMatchObject({ method: 'stratified', leftAside: 9 });
    expect(keysOf(division, 'validation')).toHaveLength(6);
    expect(division.pool).toBe(dataset.train);
  });

  it('is never tested on: without a test part that comes out of training', () => {
    const division = divide({ ...dataset, test: [] }, dataSchema.parse({}), 1);
    expect(keysOf(division, 'validation')).toEqual(dataset.validation.map(({ key }) => key));
    const trained = keysOf(division, 'train');
    expect([...trained, ...division.test.map(({ key }) => key)].sort()).toEqual(
      dataset.train.map(({ key }) => key).sort(),
    );
    expect(division.test).toHaveLength(6);
  });

  it('is refused by name where it is asked for and missing, and auto then draws tracks', () => {
    const without = { ...dataset, validation: [] };
    const given = dataSchema.parse({ split: { method: 'given' } });
    expect(() => divide(without, given, 1)).toThrow(/validation part .* has none/);
    expect(divide(without, dataSchema.parse({}), 1).method).toBe('track-random');
  });
});

describe('classes that are left out', () => {
  const dataset = {
    classes: ['a', 'b', 'c', 'tested only'],
    train: loose([10, 10, 10]),
    validation: [],
    test: loose([1, 1, 1, 2]).map((sample) => ({ ...sample, key: `test/${sample.key}` })),
  };
  const labelsOf = ({ pool }: ReturnType<typeof divide>, indices: number[]) => [
    ...new Set(indices.map((index) => pool[index]!.label)),
  ];
  const data = dataSchema.parse({ trainClasses: [0, 1] });

  it('are learnt by a teacher all the same, which validates on them too', () => {
    const division = divide(dataset, data, 1, { teacherClasses: 'all' });
    expect(labelsOf(division, division.split.train)).toEqual([0, 1]);
    expect(labelsOf(division, division.split.validation)).toEqual([0, 1]);
    expect(labelsOf(division, division.teacherSplit.train)).toEqual([0, 1, 2]);
    expect(labelsOf(division, division.teacherSplit.validation)).toEqual([0, 1, 2]);
    expect(division.classes.map(({ seen }) => seen)).toEqual([true, true, false, false]);
    // What validates does not depend on who learns the class.
    expect(division.teacherSplit.validation).toEqual(expect.arrayContaining(division.split.validation));
    expect(divide(dataset, data, 1).split).toEqual(division.split);
  });

  it('are named where the vocabulary lacks them, with the field that chose them', () => {
    expect(() => divide(dataset, dataSchema.parse({ trainClasses: [0, 9] }), 1)).toThrow(/Class 9/);
    expect(() => divide(dataset, data, 1, { teacherClasses: [9] })).toThrow(
      expect.objectContaining({ hint: 'Correct teacher.trainClasses in the recipe.' }),
    );
  });

  it('may be others for the teacher', () => {
    const division = divide(dataset, data, 1, { teacherClasses: [1, 2] });
    expect(labelsOf(division, division.teacherSplit.train)).toEqual([1, 2]);
    expect(labelsOf(division, division.whole.train)).toEqual([0, 1, 2]);
  });

  it('are unseen, as is a class without training images', () => {
    const seen = (options: object) =>
      divide(dataset, dataSchema.parse({}), 1, options).classes.map((one) => one.seen);
    expect(seen({})).toEqual([true, true, true, false]);
    expect(seen({ isSplitWanted: false })).toEqual([true, true, true, false]);
    const counts = countDivision(divide(dataset, dataSchema.parse({}), 1));
    expect(counts[3]).toMatchObject({ seen: false, train: 0, validation: 0, test: 2 });
  });

  it("are unseen where they have images in the dataset's own validation part alone", () => {
    const given = { ...dataset, validation: [{ key: 'val/3.png', label: 3, track: null, hash: '' }] };
    const division = divide(given, dataSchema.parse({}), 1);
    expect(division.method).toBe('given');
    expect(division.classes[3]!.seen).toBe(false);
  });
});
