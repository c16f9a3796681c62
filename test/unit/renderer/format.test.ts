import { describe, expect, it } from 'vitest';
import {
  baseName,
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatDate,
  formatDifference,
  formatDuration,
  formatDurations,
  formatLatency,
  formatMilliseconds,
  formatPercent,
  formatPoints,
  formatRate,
  formatRatio,
  formatSet,
  plural,
} from '../../../renderer/format.ts';

describe('numbers as people read them', () => {
  it.each([
    [0, '0 s'],
    [0.4, '< 1 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [7205, '2 h'],
    [273_600, '3 d 4 h'],
    [-3, '0 s'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s seconds: %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_600, '1.0 MB'],
    [85_315_956, '85 MB'],
    [128_000_000_000, '128 GB'],
  ])('%s bytes: %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('columns of figures have the same number of digits', () => {
    expect([21_000, 80_154, 810_000, 2_280_000, 740, 0].map(formatCompact)).toEqual([
      '21.0K',
      '80.2K',
      '810K',
      '2.28M',
      '740',
      '0',
    ]);
    expect([5.6, 10.5, 9.224, 234.5, 0.0512].map(formatMilliseconds)).toEqual([
      '5.60 ms',
      '10.5 ms',
      '9.22 ms',
      '235 ms',
      '0.0512 ms',
    ]);
    expect([1.44, 9.94, 9.96, 28.2, 1290].map(formatRatio)).toEqual(['1.4', '9.9', '10', '28', '1,290']);
  });

  it('percentages, points and rates', () => {
    expect([formatPercent(0.96291), formatPercent(null), formatPercent(1, 0)]).toEqual([
      '96.29 %',
      '–',
      '100 %',
    ]);
    expect([formatPoints(0.021), formatPoints(-0.0005), formatPoints(0.00001)]).toEqual([
      '+2.10',
      '−0.05',
      '±0.00',
    ]);
    expect([formatRate(0.001), formatRate(3e-5), formatRate(0), formatRate(0.00123456)]).toEqual([
      '0.001',
      '3.0e-5',
      '0',
      '0.00123',
    ]);
    expect([formatMilliseconds(1.4567), formatMilliseconds(234.5)]).toEqual(['1.46 ms', '235 ms']);
  });

  it('a latency with its quartiles', () => {
    expect(formatLatency({ ms: 3.1, low: 2.9, high: 3.61 })).toBe('3.10 ms (2.90 to 3.61)');
    expect(formatLatency({ ms: 120.4, low: 99.1, high: 140 })).toBe('120 ms (99.1 to 140)');
    // A run of an earlier version.
    expect(formatLatency({ ms: 3.1, low: 3.1, high: 3.1 })).toBe('3.10 ms');
    expect(formatLatency(null)).toBe('–');
  });

  it('durations add up as they are shown', () => {
    // 6 min 40 s and 64.4 s: the sum of what is shown, not what the sum would be rounded to.
    expect(formatDurations([0.4, 400.4, 63.4, 0.2])).toEqual({
      parts: ['< 1 s', '6 min 40 s', '1 min 3 s', '< 1 s'],
      total: '7 min 43 s',
    });
    expect(formatDurations([3640, 3640, 20, 0])).toEqual({
      parts: ['1 h 1 min', '1 h 1 min', '< 1 min', '0 s'],
      total: '2 h 2 min',
    });
    expect(formatDurations([86_400, 5400]).total).toBe('1 d 2 h');
    const seconds = (text: string) =>
      [...text.matchAll(/(\d+) (d|h|min|s)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * { d: 86_400, h: 3600, min: 60, s: 1 }[unit as 's'],
        0,
      );
    for (let i = 0; i < 200; i++) {
      const drawn = Array.from({ length: 6 }, (_, j) => 1.9 ** (((i * 7 + j * 13) % 20) + i / 200));
      const { parts, total } = formatDurations(drawn);
      const shown = parts.filter((part) => !part.startsWith('<')).map(seconds);
      expect(
        shown.reduce((sum, one) => sum + one, 0),
        total,
      ).toBe(seconds(total));
    }
  });

  it('counts with their nouns', () => {
    expect([plural(1, 'epoch'), plural(1000, 'epoch'), plural(0, 'class', 'classes')]).toEqual([
      '1 epoch',
      '1,000 epochs',
      '0 classes',
    ]);
  });

  it('no emptied field is NaN', () => {
    expect([
      formatCount(NaN),
      plural(NaN, 'epoch'),
      formatSet(NaN),
      formatRate(NaN),
      formatRatio(NaN),
    ]).toEqual(['–', '– epochs', '–', '–', '–']);
  });

  it('differences have their sign', () => {
    expect([
      formatChange(112, 100),
      formatChange(50, 100),
      formatChange(101, 100),
      formatChange(1, 0),
    ]).toEqual(['+12 %', '−50 %', '+1.0 %', '–']);
    expect([formatDifference(0.0123), formatDifference(-1.5, 1)]).toEqual(['+0.012', '−1.5']);
  });

  it('dates are in the language of the texts, whatever the system speaks', () => {
    expect(formatDate('2026-11-24T05:51:13')).toBe('24 Nov 2026, 05:51');
  });

  it('the last part of a path of either kind', () => {
    expect(['/a/b/', 'C:\\runs\\x', 'plain'].map(baseName)).toEqual(['b', 'x', 'plain']);
  });
});
