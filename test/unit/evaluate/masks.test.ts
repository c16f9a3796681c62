import { describe, expect, it } from 'vitest';
import { DistillError } from '../../../electron/contract/errors.ts';
import type { Mask } from '../../../electron/contract/mask.ts';
import { maskedClasses, maskedRows } from '../../../electron/engine/evaluate/masks.ts';

const seen = [false, true, true, false];
const mask = (classes: Mask['classes'], invert = false): number[] => maskedClasses({ classes, invert }, seen);

describe('a mask', () => {
  it('names classes', () => {
    expect(mask('all')).toEqual([0, 1, 2, 3]);
    expect(mask('seen')).toEqual([1, 2]);
    expect(mask('unseen')).toEqual([0, 3]);
    expect(mask([3, 1, 3])).toEqual([1, 3]);
  });

  it('can be inverted', () => {
    expect(mask('seen', true)).toEqual([0, 3]);
    expect(mask([0], true)).toEqual([1, 2, 3]);
  });

  it('must leave a class and know it', () => {
    const thrown = (run: () => unknown): DistillError => {
      try {
        run();
      } catch (error) {
        if (error instanceof DistillError) return error;
      }
      throw new Error('Nothing of ours was thrown.');
    };
    const empty = thrown(() => mask('all', true));
    expect([empty.code, empty.hint]).toEqual([
      'INVALID_INPUT',
      'Choose other classes, or do not invert the choice.',
    ]);
    const stranger = thrown(() => mask([1, 4]));
    expect(stranger.message).toContain('Class 4');
    expect(stranger.hint).toContain('0 to 3');
    const none = thrown(() => maskedClasses({ classes: 'unseen', invert: false }, [true, true]));
    expect([none.code, none.hint]).toEqual([
      'INVALID_INPUT',
      'This run trained on every class: choose "all" or a list of classes.',
    ]);
  });

  it('takes the images whose true label it names', () => {
    expect([...maskedRows(Int32Array.of(3, 1, 2, 3, 0), [0, 3])]).toEqual([0, 3, 4]);
    expect(maskedRows(Int32Array.of(1), [0]).length).toBe(0);
  });
});
