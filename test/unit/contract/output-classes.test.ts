import { expect, test } from 'vitest';
import { namesOfOutputs, outputsByName, repeatedName } from '../../../electron/contract/output-classes.ts';

test('classes that the teacher lacks have no output, those that it has by another spelling have theirs', () => {
  expect(outputsByName(['00014', 'stop', 'yield'], ['yield', '14.0', 'tree'])).toEqual([1, null, 0]);
  expect(repeatedName(['7', 'a', '007'])).toBe('007');
  expect(repeatedName(['7', 'a', '70'])).toBeNull();
});

test.each([
  ['own names', ['cat', 'dog', 'tree']],
  ['numbers as names', ['0', '1', '2']],
  ['no names', null],
])('a list made by hand gives exactly its mapping back, with %s', (_, own) => {
  const dataset = ['dog', 'cat'];
  // Output 0 is called "cat" or 0, and is not used.
  for (const classOf of [
    [null, 1, 0],
    [null, null, 1],
    [null, null, null],
  ]) {
    const names = namesOfOutputs(classOf, dataset, own);
    expect(names).toHaveLength(3);
    expect(repeatedName(names)).toBeNull();
    const outputs = dataset.map((_name, id) => (classOf.includes(id) ? classOf.indexOf(id) : null));
    expect(outputsByName(dataset, names)).toEqual(outputs);
  }
});
