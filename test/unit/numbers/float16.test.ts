import { describe, expect, test } from 'vitest';
import { halfBits, halfValue } from '../../../electron/engine/numbers/float16.ts';
import { random } from '../../../electron/engine/numbers/random.ts';

/** Newer Nodes convert by themselves: the reference. */
const view = new DataView(new ArrayBuffer(4));
const native = 'getFloat16' in DataView.prototype;

function nativeBits(value: number): number {
  view.setFloat16(0, value);
  return view.getUint16(0);
}

function nativeValue(bits: number): number {
  view.setUint16(0, bits);
  return view.getFloat16(0);
}

const everyHalf = Array.from({ length: 0x10000 }, (_, bits) => bits);
const isNaNs = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

describe('half precision', () => {
  test.skipIf(!native)('every half is the number that Node reads', () => {
    const wrong = everyHalf.filter((bits) => !Object.is(halfValue(bits), nativeValue(bits)));
    expect(wrong).toEqual([]);
  });

  test('every half comes back', () => {
    const wrong = everyHalf.filter((bits) => !isNaNs(bits) && halfBits(halfValue(bits)) !== bits);
    expect(wrong).toEqual([]);
    expect(isNaNs(halfBits(NaN))).toBe(true);
  });

  test.skipIf(!native)('what lies between two halves is rounded as Node rounds it', () => {
    const stream = random(1, 'halves');
    const values = everyHalf.flatMap((bits) => {
      if (isNaNs(bits) || isNaNs(bits + 1)) return [];
      const [low, high] = [halfValue(bits), halfValue(bits + 1)];
      const middle = (low + high) / 2;
      return [middle, middle * (1 + 2 ** -22), middle * (1 - 2 ** -22), low + stream.float() * (high - low)];
    });
    const wrong = values.map(Math.fround).filter((value) => halfBits(value) !== nativeBits(value));
    expect(wrong).toEqual([]);
  });

  test.each([
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [1 + 2 ** -11, 0x3c00], // a tie: to the even one
    [1 + 3 * 2 ** -11, 0x3c02],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.25, 0x0001],
    [2 ** -149, 0x0000],
  ])('%d has the bits %i', (value, bits) => {
    expect(halfBits(value)).toBe(bits);
  });
});
