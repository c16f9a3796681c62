import { describe, expect, it } from 'vitest';
import { parseShareLines, shareLines } from '../../../../../renderer/views/evaluation/expected-shares.ts';
import {
  inverse,
  namedClasses,
  shownPreset,
  withClass,
} from '../../../../../renderer/views/evaluation/mask-classes.ts';
import { evaluation } from './evaluation.ts';

const { classes } = evaluation;
const allSeen = classes.map((one) => ({ ...one, seen: true }));

describe('a class mask', () => {
  it('names its classes in order', () => {
    expect(namedClasses('all', classes)).toEqual([0, 1, 2, 3]);
    expect(namedClasses('seen', classes)).toEqual([0, 2, 3]);
    expect(namedClasses('unseen', classes)).toEqual([1]);
    expect(namedClasses([3, 1], classes)).toEqual([1, 3]);
  });

  it.each([
    ['all', classes, 'all'],
    ['seen', classes, 'seen'],
    [[3, 0, 2], classes, 'seen'],
    [[1], classes, 'unseen'],
    [[0, 1, 2, 3], classes, 'all'],
    [[0, 1], classes, null],
    ['seen', allSeen, 'all'],
  ] as const)('of %j presses the button of what is shown: %#', (which, of, pressed) => {
    expect(shownPreset(typeof which === 'string' ? which : [...which], of)).toBe(pressed);
  });

  it('is inverted into the other classes, never into none', () => {
    expect(inverse('seen', classes)).toBe('unseen');
    expect(inverse('unseen', classes)).toBe('seen');
    expect(inverse([3], classes)).toEqual([0, 1, 2]);
    expect(inverse([0, 2, 3], classes)).toBe('unseen');
    expect(inverse('all', classes)).toBeNull();
    expect(inverse('seen', allSeen)).toBeNull();
  });

  it('is changed class by class, but never to none', () => {
    expect(withClass('seen', classes, 1, true)).toBe('all');
    expect(withClass('all', classes, 2, false)).toEqual([0, 1, 3]);
    expect(withClass([1], classes, 1, false)).toBeNull();
  });
});

describe('stated shares', () => {
  it('begin alike, a line for each class, whatever commas its name has', () => {
    const named = [{ id: 0, name: 'Left, then right', seen: true }, ...classes];
    expect(parseShareLines(shareLines(named), 5)).toEqual([1, 1, 1, 1, 1]);
    expect(parseShareLines('a, b, 12.5\n\nc,0\n', 2)).toEqual([12.5, 0]);
  });

  it.each(['1', '1\n-2', '1\nx', '1\na,', '0\n0', '1\n2\n3'])('%j are none for two classes', (text) => {
    expect(parseShareLines(text, 2)).toBeNull();
  });
});
