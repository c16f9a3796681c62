import { workerData } from 'node:worker_threads';
import { toErrorValue, type ErrorValue } from '../../contract/errors.ts';
import { decodeImage } from './image.ts';
import { resizeImage, type ResizeMethod } from './resize.ts';
import { answerRequests } from './worker-port.ts';

export interface DecodeTask {
  /** [count, size, size, 3], shared by all workers. */
  pixels: Uint8Array<SharedArrayBuffer>;
  size: number;
  method: ResizeMethod;
}

export interface DecodeRequest {
  /** The first image's place in the pixels; the others follow it. */
  first: number;
  files: Uint8Array[];
}

/** The first image that could not be decoded, if any. */
export type DecodeReply = { index: number; error: ErrorValue } | null;

const { pixels, size, method } = workerData as DecodeTask;

answerRequests(async ({ first, files }: DecodeRequest): Promise<DecodeReply> => {
  for (const [i, file] of files.entries()) {
    try {
      pixels.set(resizeImage(await decodeImage(file), size, method), (first + i) * size * size * 3);
    } catch (thrown) {
      return { index: first + i, error: toErrorValue(thrown) };
    }
  }
  return null;
});
