import { describe, expect, it } from 'vitest';
import { choose, countChosen, invert, isChosen } from '../../../../../renderer/draft/data/class-selection.ts';

describe('class selection', () => {
  it('leaves classes out of all, and becomes all again', () => {
    const some = choose('all', [1, 3], false, 5);
    expect(some).toEqual([0, 2, 4]);
    expect(isChosen(some, 3)).toBe(false);
    expect(choose(some, [3, 1], true, 5)).toBe('all');
  });
  it('inverts only what is listed', () => {
    expect(invert([0, 1], [1, 2], 4)).toEqual([0, 2]);
    expect(invert('all', [0, 1, 2, 3], 4)).toEqual([]);
    expect(invert([], [0, 1, 2, 3], 4)).toBe('all');
  });
  it('forgets classes that a smaller dataset does not have', () => {
    expect(countChosen([0, 7, 42], 8)).toBe(2);
    expect(choose([0, 42], [1], true, 3)).toEqual([0, 1]);
  });
});
