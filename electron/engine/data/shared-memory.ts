import { DistillError } from '../../contract/errors.ts';

/** Memory that worker threads see too. Throws DistillError OUT_OF_MEMORY, which names `what` it was for. */
export function sharedBuffer(bytes: number, what: string): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    const message = `There is no memory for ${what} (${Math.ceil(bytes / 1e6)} MB).`;
    const hint = 'Use smaller images, smaller batches or fewer images, or close other programs.';
    throw new DistillError('OUT_OF_MEMORY', message, hint, { cause });
  }
}
