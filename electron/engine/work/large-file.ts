import { stat } from 'node:fs/promises';

/** Bytes of JSON that are read, parsed and checked in some 5 ms. */
const MOST_BYTES = 2 ** 18;

/** Whether the engine's process would read a JSON file for so long that a worker is to do it. */
export async function isLarge(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && found.size > MOST_BYTES;
}
