import { DistillError } from '../../contract/errors.ts';
import type { Mask } from '../../contract/mask.ts';

/**
 * The classes that a mask names, sorted. `seen[c]` is whether class c was trained on; its length is the vocabulary.
 * @throws DistillError INVALID_INPUT for a class outside the vocabulary, or where no class is left.
 */
export function maskedClasses(mask: Mask, seen: readonly boolean[]): number[] {
  const { classes } = mask;
  if (Array.isArray(classes)) {
    const stranger = classes.find((id) => !(id in seen));
    if (stranger !== undefined) {
      throw new DistillError(
        'INVALID_INPUT',
        `Class ${stranger} is not in the vocabulary.`,
        `Choose among the classes 0 to ${seen.length - 1}.`,
      );
    }
  }
  const listed = new Set(Array.isArray(classes) ? classes : []);
  const named = (id: number): boolean => {
    if (classes === 'all') return true;
    if (classes === 'seen') return seen[id]!;
    if (classes === 'unseen') return !seen[id]!;
    return listed.has(id);
  };
  const result = [...seen.keys()].filter((id) => named(id) !== mask.invert);
  if (result.length > 0) return result;
  const name = Array.isArray(classes) ? `the ${classes.length} listed classes` : `"${classes}"`;
  throw new DistillError(
    'INVALID_INPUT',
    `The class mask ${mask.invert ? `not ${name}` : name} leaves no class to evaluate.`,
    classes === 'unseen' || (classes === 'seen' && mask.invert)
      ? 'This run trained on every class: choose "all" or a list of classes.'
      : 'Choose other classes, or do not invert the choice.',
  );
}

/** Rows of the images whose true label is one of `classes`, in order; empty where there are none. */
export function maskedRows(labels: Int32Array, classes: readonly number[]): Int32Array {
  const chosen = new Set(classes);
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (chosen.has(label)) rows.push(row);
  });
  return Int32Array.from(rows);
}

/** What a mask leaves: its classes, sorted, and the rows of their images, in order. */
export interface MaskedImages {
  classes: number[];
  rows: Int32Array;
}

/** @throws DistillError INVALID_INPUT as `maskedClasses`, or where no image is left. */
export function maskedImages(mask: Mask, seen: readonly boolean[], labels: Int32Array): MaskedImages {
  const classes = maskedClasses(mask, seen);
  const rows = maskedRows(labels, classes);
  if (rows.length > 0) return { classes, rows };
  throw new DistillError(
    'INVALID_INPUT',
    'No test image belongs to the chosen classes.',
    'Choose other classes, or other data.',
  );
}
