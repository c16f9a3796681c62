import { expect, it, test } from 'vitest';
import { printable, recipeNameSchema } from '../../../electron/contract/recipe-name.ts';

test.each([
  'Schilder (Größe 32)',
  '止まれ & 禁止',
  'a/b: "c" <d>',
  // A family of four, joined by zero-width joiners.
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}',
])('takes the printable name %s', (name) => {
  expect(recipeNameSchema.parse(name)).toBe(name);
});

test.each([
  ['a line break', 'a\nb'],
  ['an escape', 'a\u001b[31m'],
  ['a turn of the text', 'abc\u202Egnp.exe'],
  ['half a character', 'a\uD800'],
  ['nothing but space', '  '],
  ['81 characters', 'x'.repeat(81)],
])('refuses %s', (_, name) => {
  expect(recipeNameSchema.safeParse(name).success).toBe(false);
});

it('keeps a name in one form of Unicode, and counts what a person counts as a character', () => {
  expect(recipeNameSchema.parse(' cafe\u0301 ')).toBe('café');
  expect(recipeNameSchema.safeParse('\u{1F6D1}'.repeat(80)).success).toBe(true);
});

it('makes any text a name', () => {
  expect(printable('  a\u0000b\tc ', 80)).toBe('a b c');
  expect(printable('\u{1F6D1}'.repeat(9), 3)).toBe('\u{1F6D1}'.repeat(3));
});
