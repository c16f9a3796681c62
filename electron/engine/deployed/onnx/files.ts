import { createHash } from 'node:crypto';
import path from 'node:path';
import { hashOf } from '../../data/download/content.ts';
import type { OnnxFacts } from './classifier.ts';

/** The files of a network: its own, and those beside it that hold weights. */
export const filesOf = ({ file, externalFiles }: OnnxFacts): string[] => [
  file,
  ...externalFiles.map((name) => path.join(path.dirname(file), name)),
];

/** SHA-256 over the hashes of the files' contents, in hex. Throws what reading them throws. */
export async function contentHash(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await hashOf(file, 'sha256', new AbortController().signal));
  return hash.digest('hex');
}
