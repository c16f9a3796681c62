import { describe, expect, it } from 'vitest';
import { leavesNone, namedClasses, withClass } from '../../../../renderer/views/evaluation/mask-classes.ts';
import { judgement } from './judgement.ts';

const { classes } = judgement;
const allSeen = classes.map((one) => ({ ...one, seen: true }));

describe('a class mask', () => {
  it('names its classes before it is inverted', () => {
    expect(namedClasses('all', classes)).toEqual([0, 1, 2, 3]);
    expect(namedClasses('seen', classes)).toEqual([0, 2, 3]);
    expect(namedClasses('unseen', classes)).toEqual([1]);
    expect(namedClasses([3, 1], classes)).toEqual([1, 3]);
  });

  it.each([
    [{ classes: 'all', invert: false }, classes, false],
    [{ classes: 'all', invert: true }, classes, true],
    [{ classes: 'seen', invert: true }, classes, false],
    [{ classes: 'seen', invert: true }, allSeen, true],
    [{ classes: 'unseen', invert: false }, allSeen, true],
    [{ classes: 'unseen', invert: true }, allSeen, false],
    [{ classes: [0, 1, 2, 3], invert: true }, classes, true],
    [{ classes: [0, 1, 2], invert: true }, classes, false],
  ] as const)('%o leaves none: %#', (mask, of, none) => {
    const { classes: which, invert } = mask;
    const copied = typeof which === 'string' ? which : [...which];
    expect(leavesNone({ classes: copied, invert }, of)).toBe(none);
  });

  it('is changed class by class, but never to none', () => {
    expect(withClass({ classes: 'seen', invert: false }, classes, 1, true)).toEqual({
      classes: [0, 1, 2, 3],
      invert: false,
    });
    expect(withClass({ classes: 'all', invert: false }, classes, 2, false)!.classes).toEqual([0, 1, 3]);
    expect(withClass({ classes: [1], invert: false }, classes, 1, false)).toBeNull();
    expect(withClass({ classes: [0, 1, 2], invert: true }, classes, 3, true)).toBeNull();
  });
});
