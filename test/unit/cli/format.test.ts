import { describe, expect, it } from 'vitest';
import * as format from '../../../electron/cli/format.ts';

describe('figures for people', () => {
  it.each([
    [0, '0'],
    [842, '842'],
    [999.4, '999'],
    [1000, '1 k'],
    [64_190, '64.2 k'],
    [999_499, '999 k'],
    [999_999, '1 M'],
    [11_181_642, '11.2 M'],
    [1_814_073_344, '1.81 G'],
  ])('quantity %d is %s', (value, text) => expect(format.quantity(value)).toBe(text));

  it.each([
    [0.012, '12 ms'],
    [0.9994, '999 ms'],
    [0.9996, '1.0 s'],
    [5.24, '5.2 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [725, '12 min 5 s'],
    [3599.7, '1 h'],
    [3780, '1 h 3 min'],
  ])('duration of %d s is %s', (value, text) => expect(format.duration(value)).toBe(text));

  it('writes shares, sizes and latencies', () => {
    expect(format.percent(0.98314)).toBe('98.31 %');
    expect(format.bytes(44_728_000)).toBe('44.7 MB');
    expect([3.214, 32.14, 321.4, 3214].map(format.milliseconds)).toEqual([
      '3.21 ms',
      '32.1 ms',
      '321 ms',
      '3.2 s',
    ]);
    expect(format.orDash(null, format.percent)).toBe('–');
    expect([format.counted(1, 'class', 'classes'), format.counted(2, 'image')]).toEqual([
      '1 class',
      '2 images',
    ]);
  });

  it('aligns columns, names to the left and figures to the right', () => {
    const rows = [
      ['', 'teacher', 'é'],
      ['accuracy', '9 %', '10 %'],
    ];
    expect(format.table(rows, 'lr')).toBe(['          teacher     é', 'accuracy      9 %  10 %'].join('\n'));
  });
});
