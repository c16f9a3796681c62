import { z } from 'zod';

/** Values of fields of the recipe that are tried one after another, by the field's path. */
export type Tries = Record<string, (string | number)[]>;

const triesSchema = z.record(z.string(), z.array(z.union([z.string(), z.number()])));

/** Those of a stored draft; none where they are damaged. */
export const restoredTries = (stored: unknown): Tries => triesSchema.safeParse(stored).data ?? {};

/** Without those of the distillation's terms, which have been replaced or moved. */
export const withoutTerms = (tries: Tries): Tries =>
  Object.fromEntries(Object.entries(tries).filter(([path]) => !path.startsWith('distillation.terms')));

/** Numbers in a text, each once, and what in it is none. */
export function numbersIn(text: string): { numbers: number[]; wrong: string[] } {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const isNumber = (word: string) => Number.isFinite(Number(word));
  return {
    numbers: [...new Set(words.filter(isNumber).map(Number))],
    wrong: words.filter((word) => !isNumber(word)),
  };
}
