import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { TensorflowLink } from '../../../contract/doctor.ts';
import { DistillError } from '../../../contract/errors.ts';
import { fileError, isSystemError, makeFolders, writeJsonAtomic } from '../../../platform/files.ts';
import { userFolder } from '../../../platform/user-folder.ts';

/** Which libtensorflow the user linked: link.json in the user's folder. */

const linkSchema = z.object({
  tensorflow: z.string(),
  libtensorflow: z.string(),
  folder: z.string(),
  cuda: z.boolean().nullable(),
  cudaVersion: z.string().nullable(),
  cudnnVersion: z.string().nullable(),
  linkedAt: z.string(),
});
const versionSchema = z.object({ version: z.literal(1) });

/** Where links are kept unless the user names another place; the record itself is always here. */
export const linkFolder = (): string => path.join(userFolder(), 'tensorflow');

const recordFile = (folder: string): string => path.join(folder, 'link.json');

/** The link, or null where there is none. Throws DistillError where its record cannot be read. */
export function readLink(folder: string = linkFolder()): TensorflowLink | null {
  const file = recordFile(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT') || isSystemError(thrown, 'ENOTDIR')) return null;
    throw fileError(thrown, file);
  }
  try {
    const value: unknown = JSON.parse(text);
    versionSchema.parse(value);
    return linkSchema.parse(value);
  } catch (cause) {
    const hint =
      'Link again: distill-studio engine link --libtensorflow <folder>; or remove it: distill-studio engine unlink.';
    throw new DistillError('INVALID_INPUT', `"${file}" is not the record of a link.`, hint, { cause });
  }
}

/** Writes the record whole, or leaves the old one as it was. */
export async function writeLink(link: TensorflowLink, folder: string = linkFolder()): Promise<void> {
  await makeFolders(folder);
  await writeJsonAtomic(recordFile(folder), { version: 1, ...link });
}

export async function removeLink(folder: string = linkFolder()): Promise<void> {
  await rm(recordFile(folder), { force: true });
}
