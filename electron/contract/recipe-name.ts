import { z } from 'zod';

export const mostNameLetters = 80;

/**
 * Control and format characters, lone surrogates and ends of lines: they print nothing, or turn what stands beside them. The joiners
 * of emoji and of Persian belong to words.
 */
const unprintable = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const letters = (text: string): string[] => Array.from(text);

/** Any printable name, in one line and one form of Unicode. */
export const recipeNameSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .refine((name) => letters(name).length <= mostNameLetters, `at most ${mostNameLetters} characters`)
  .refine((name) => !unprintable.test(name), 'a single line of printable characters only');

/** A text as a name may have it. */
export const printable = (text: string, most: number): string =>
  letters(text.normalize('NFC').replaceAll(new RegExp(unprintable, 'gu'), ' ').trim())
    .slice(0, most)
    .join('')
    .trim();
