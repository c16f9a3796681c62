import { DistillError } from '../../contract/errors.ts';
import { readWholeFile } from '../../platform/files.ts';
import { maxFileBytes } from './source/source.ts';

/** An image file's bytes. Throws NOT_FOUND, NOT_WRITABLE, INVALID_INPUT (a folder, a pipe, a device) or IMAGE_UNREADABLE (too large). */
export const readImageFile = (file: string): Promise<Buffer> =>
  readWholeFile(
    file,
    maxFileBytes,
    () =>
      new DistillError(
        'IMAGE_UNREADABLE',
        `"${file}" is larger than ${Math.round(maxFileBytes / 1e6)} MB.`,
        'Choose a smaller image.',
      ),
  );
