import { describe, expect, it } from 'vitest';
import { agreement } from '../../../electron/engine/evaluate/comparison.ts';
import { scoreModel, worstMistakes } from '../../../electron/engine/evaluate/score-model.ts';
import { certain, predictions } from './fakes.ts';

const keys = ['a.ppm', 'b.ppm', 'c.ppm', 'd.ppm'];
const rows = [
  [0.5, 0.25, 0.25],
  [0.75, 0.125, 0.125],
  [0.0625, 0.875, 0.0625],
  [0.25, 0.75, 0],
];
const test = predictions([0, 1, 2, 0], rows);

describe('scoreModel', () => {
  it('scores seen and unseen classes apart', () => {
    const classes = [
      { name: 'stop', seen: true },
      { name: 'yield', seen: true },
      { name: 'turn', seen: false },
    ];
    const evaluation = scoreModel({ test, keys, validation: certain(3, [0], [0]), classes });
    expect(evaluation.test).toMatchObject({ n: 4, accuracy: 0.25 });
    expect(evaluation.seen).toMatchObject({ n: 3, accuracy: 1 / 3 });
    expect(evaluation.unseen).toMatchObject({ n: 1, accuracy: 0 });
    expect(evaluation.validation).toMatchObject({ n: 1, accuracy: 1 });
    expect(evaluation.perClass.map(({ name, support }) => [name, support])).toEqual([
      ['stop', 2],
      ['yield', 1],
      ['turn', 1],
    ]);
    expect(evaluation.confusion).toEqual([
      [1, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('has no seen and unseen scores where every class was trained on', () => {
    const classes = ['stop', 'yield', 'turn'].map((name) => ({ name, seen: true }));
    expect(scoreModel({ test, keys, validation: null, classes })).toMatchObject({
      seen: null,
      unseen: null,
      validation: null,
    });
  });
});

it('scores a model of some classes on their images alone', () => {
  const classes = ['stop', 'yield', 'turn'].map((name, id) => ({ name, seen: id < 2 }));
  const partial = { ...test, covers: [0, 2] };
  const evaluation = scoreModel({ test: partial, keys, validation: partial, classes });
  expect(evaluation.test).toMatchObject({ n: 3, accuracy: 1 / 3 });
  expect(evaluation.validation).toEqual(evaluation.test);
  expect([evaluation.seen?.n, evaluation.unseen?.n]).toEqual([2, 1]);
  expect(evaluation.confusion).toEqual([
    [1, 1, 0],
    [0, 0, 0],
    [0, 1, 0],
  ]);
  expect(evaluation.mistakes.map(({ key }) => key)).toEqual(['c.ppm', 'd.ppm']);
  // Of the three images another model gets 'd.ppm' right, and takes the other two for the same classes.
  const other = predictions([0, 1, 2, 0], [...rows.slice(0, 3), [1, 0, 0]]);
  expect(agreement(other, partial)).toBeCloseTo(2 / 3, 12);
});

describe('the worst mistakes', () => {
  it('are the most confident, the earlier first among equals', () => {
    expect(worstMistakes(test, keys).map(({ key }) => key)).toEqual(['c.ppm', 'b.ppm', 'd.ppm']);
    expect(worstMistakes(test, keys, 1)).toEqual([
      {
        key: 'c.ppm',
        label: 2,
        top5: [
          { id: 1, probability: 0.875 },
          { id: 0, probability: 0.0625 },
          { id: 2, probability: 0.0625 },
        ],
      },
    ]);
  });
});
