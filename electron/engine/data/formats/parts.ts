import type { Part } from './format.ts';

/** How datasets name their parts. */
export type NamedPart = Part | 'validation';

const named: Record<string, NamedPart> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
};

export function partOfName(name: string): NamedPart | undefined {
  return named[name.toLowerCase()];
}

/**
 * A ready-made validation part serves as test where there is no test part, and joins the training part otherwise:
 * validation is drawn from the training part by the recipe's own split.
 */
export function placeValidation(present: Iterable<NamedPart>): (part: NamedPart) => Part {
  const hasTest = [...present].includes('test');
  return (part) => (part !== 'validation' ? part : hasTest ? 'train' : 'test');
}
