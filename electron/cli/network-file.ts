import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ExportedFile } from '../contract/exported.ts';
import { bytes } from './format.ts';

/** Whether an argument names a network's file, or a folder with one, and not a run's folder. */
export function isNetworkFile(given: string): boolean {
  if (existsSync(path.join(given, 'run.json'))) return false;
  const info = statSync(given, { throwIfNoEntry: false });
  return info !== undefined && (info.isFile() || info.isDirectory());
}

/** What a file is, in a line. */
export function networkText({ format, bytes: size, runtime, input, outputs }: ExportedFile): string {
  const { values } = input;
  const fed =
    typeof values === 'string'
      ? { pixels: 'values 0 to 255', unit: 'values 0 to 1' }[values]
      : `normalised by mean ${values.mean.join(' ')}, std ${values.std.join(' ')}`;
  return `${format}, ${bytes(size)}, ${outputs} outputs; ${input.channels} images of ${input.size} px, ${fed}; run by ${runtime}`;
}
