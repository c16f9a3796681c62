import { expect, it } from 'vitest';
import { gigabytesOf, mebibytesOf } from '../../../../../renderer/views/settings/image-memory.ts';

it('is the same amount in both units', () => {
  expect(mebibytesOf(1)).toBe(954);
  expect(mebibytesOf(0)).toBe(0);
  expect(gigabytesOf(1024)).toBe(1.07);
  expect(gigabytesOf(1_048_576)).toBe(1099.51);
});

it('comes back as it was entered', () => {
  for (let hundredths = 0; hundredths <= 10_000; hundredths++) {
    const entered = hundredths / 100;
    expect(gigabytesOf(mebibytesOf(entered))).toBe(entered);
  }
});
