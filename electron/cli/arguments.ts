import { InvalidArgumentError } from 'commander';
import type { Mask } from '../contract/mask.ts';
import type { ExpectedShares } from '../contract/unseen.ts';

/** Parsers of single option values; each throws commander's InvalidArgumentError with what was expected. */

const longestRange = 100_000;

/** "0-9,14" as [0, 1, ... 9, 14]: whole numbers and ranges, each once, in order of appearance. */
export function parseIntegers(text: string): number[] {
  const found = text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part);
    const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [1, 0];
    if (last < first || last - first > longestRange) {
      throw new InvalidArgumentError(
        `"${part.trim()}" is not a number or a range; write for example 0-9,14.`,
      );
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(found)];
}

/** all, seen, unseen, or a list of class numbers. */
export function parseClasses(text: string): Mask['classes'] {
  if (text === 'all' || text === 'seen' || text === 'unseen') return text;
  if (!/^[\s\d,-]+$/.test(text)) {
    throw new InvalidArgumentError('Write all, seen, unseen, or class numbers such as 0-9,14.');
  }
  return parseIntegers(text);
}

/** teacher, uniform, or a number for each class. */
export function parseShares(text: string): ExpectedShares {
  if (text === 'teacher' || text === 'uniform') return text;
  const shares = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (shares.every((share) => Number.isFinite(share) && share >= 0)) return shares;
  throw new InvalidArgumentError(
    'Write teacher, uniform, or a number for each class with commas between, such as 120,80,40.',
  );
}

/** A whole number within limits, as commander's option parser. */
export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };

/** A number in [0, 1]. */
export function parseShare(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** A comma-separated choice out of fixed names. */
export const choices =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name[] =>
    text.split(',').map((part) => {
      const name = names.find((known) => known === part.trim());
      if (name === undefined) throw new InvalidArgumentError(`Allowed are ${names.join(', ')}.`);
      return name;
    });
