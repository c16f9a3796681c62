import { rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../platform/files.ts';

/** How often the process that works on a sweep looks for a request. */
const everyMs = 1000;

const requestFile = (folder: string): string => path.join(folder, 'stop');

/** Asks the process that works on a sweep, wherever it runs on these files, to stop it. Throws NOT_WRITABLE, DISK_FULL. */
export async function askToStop(folder: string): Promise<void> {
  const file = requestFile(folder);
  await writeFile(file, '').catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
}

/** A request of before a sweep was resumed counts no more. */
export const forgetStop = (folder: string): Promise<void> => rm(requestFile(folder), { force: true });

/** Calls `stop` once somebody asks; gives the way to look no further. */
export function onStopAsked(folder: string, stop: () => void): () => void {
  const timer = setInterval(() => {
    void stat(requestFile(folder)).then(
      () => {
        clearInterval(timer);
        stop();
      },
      () => undefined,
    );
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
