import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { networkFile } from '../deployed/open.ts';
import type { WrittenItem } from '../export/item.ts';

/** What is equal for equal networks. What has no file of its own, or none that can be read, is equal to nothing else. */
async function identity(staged: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(await networkFile(staged)))
      .digest('hex');
  } catch {
    return staged;
  }
}

/** Exports in groups with the same network, byte for byte: the int8 .tflite file is also in the microcontroller's folder. */
export async function sameNetworks(files: readonly WrittenItem[]): Promise<WrittenItem[][]> {
  const groups = new Map<string, WrittenItem[]>();
  for (const file of files) {
    const key = await identity(file.staged);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}
