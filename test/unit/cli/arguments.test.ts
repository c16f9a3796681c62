import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  choices,
  integer,
  parseClasses,
  parseIntegers,
  parseShare,
} from '../../../electron/cli/arguments.ts';

describe('option values', () => {
  it('reads lists of numbers and ranges', () => {
    expect(parseIntegers('0-3,14')).toEqual([0, 1, 2, 3, 14]);
    expect(parseIntegers(' 5 , 1 - 2,5')).toEqual([5, 1, 2]);
    expect(parseClasses('7')).toEqual([7]);
    expect(parseClasses('unseen')).toBe('unseen');
  });

  it.each(['', ',', '3-1', '1-', '-1', '1..3', '1.5', '0-999999999', '1,,2', '99999999999'])(
    'refuses the list "%s"',
    (text) => expect(() => parseIntegers(text)).toThrow(InvalidArgumentError),
  );

  it.each(['', 'some', 'ALL', 'stop signs', '0-9;14'])('refuses the classes "%s"', (text) =>
    expect(() => parseClasses(text)).toThrow(InvalidArgumentError),
  );

  it('keeps numbers within their limits', () => {
    expect(integer(1, 64)('64')).toBe(64);
    for (const text of ['0', '65', '1.5', '1e1', '-3', '', 'two', '0x10']) {
      expect(() => integer(1, 64)(text)).toThrow('from 1 to 64');
    }
    expect([parseShare('0'), parseShare('.25'), parseShare('1')]).toEqual([0, 0.25, 1]);
    for (const text of ['1.1', '-0.1', '', 'NaN', '1,0'])
      expect(() => parseShare(text)).toThrow('from 0 to 1');
  });

  it('reads choices', () => {
    const formats = choices(['safetensors', 'report']);
    expect(formats('report, safetensors')).toEqual(['report', 'safetensors']);
    expect(() => formats('onnx')).toThrow('safetensors, report');
  });
});
