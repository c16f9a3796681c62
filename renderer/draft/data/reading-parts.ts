import type { FolderReading } from '../../../electron/contract/dataset.ts';
import type { ReadingRecipe } from '../../../electron/contract/recipe/reading.ts';

export type FolderPart = FolderReading['part'];

/** What a folder can hold, as people read it. */
export const partNames: Record<FolderPart, string> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
  ignore: 'Not used',
};

/** A recipe's words on folders with one more, or another one for a folder that has one. */
export function withPart(
  parts: ReadingRecipe['parts'],
  folder: string,
  part: FolderPart,
): ReadingRecipe['parts'] {
  return [...parts.filter((one) => one.folder !== folder), { folder, part }];
}
