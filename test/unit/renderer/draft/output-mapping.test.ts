import { expect, test } from 'vitest';
import { outputMapping, withClass } from '../../../../renderer/draft/output-mapping.ts';

const dataset = ['dog', 'cat', 'bird'];
const network = (classNames: string[] | null, count = classNames?.length ?? 0) => ({
  count,
  classNames,
  listed: null,
});

test('outputs are matched by name; a wrong name leaves a class without an output until it is mapped by hand', () => {
  const own = ['bird', 'kat', 'tree', 'dog'];
  const found = outputMapping(network(own), null, dataset);
  expect(found).toEqual({ basis: 'names', classOf: [2, null, null, 0], lacking: [1] });
  const names = withClass(found, { output: 1, id: 1 }, dataset, own);
  expect(names).toEqual(['bird', 'cat', 'tree', 'dog']);
  expect(outputMapping(network(own), names, dataset)).toEqual({
    basis: 'hand',
    classOf: [2, 1, null, 0],
    lacking: [],
  });
  // An output takes its class from the one that had it.
  const moved = withClass(found, { output: 2, id: 0 }, dataset, own);
  expect(outputMapping(network(own), moved, dataset).classOf).toEqual([2, null, 0, null]);
});

test('outputs without names, or with names of other things, are taken in the order of the dataset', () => {
  for (const names of [null, ['a', 'b', 'c']])
    expect(outputMapping(network(names, 3), null, dataset)).toEqual({
      basis: 'order',
      classOf: [0, 1, 2],
      lacking: [],
    });
  expect(outputMapping(network(null, 5), null, dataset)).toEqual({
    basis: 'names',
    classOf: [null, null, null, null, null],
    lacking: [0, 1, 2],
  });
});

test('a file gives the names, and none as long as it cannot be read', () => {
  const names = ['x', 'cat', 'dog'];
  const listed = { ...network(null, 3), listed: { names } };
  expect(outputMapping(listed, 'map.csv', dataset).classOf).toEqual([null, 1, 0]);
  expect(outputMapping(network(names), 'map.csv', dataset).lacking).toEqual([0, 1, 2]);
});
