import { DistillError } from '../../contract/errors.ts';

/** The errors for what neither a file nor its user states about the network's input. */

export const valuesMissing = (file: string): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `"${file}" does not state which pixel values its network takes.`,
    'Give the input values: pixels (0 to 255), unit (0 to 1), or normalised by a mean and a standard deviation.',
  );

export const sizeMissing = (file: string): DistillError =>
  new DistillError(
    'INVALID_INPUT',
    `"${file}" does not state its image size.`,
    'Give the image size: the side of the square image in pixels.',
  );
