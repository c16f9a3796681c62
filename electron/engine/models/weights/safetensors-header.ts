import { open } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from '../../../platform/files.ts';
import { corrupt } from './errors.ts';

const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/** As in the reference implementation. */
export const maximumHeader = 100_000_000;

export interface SafetensorsHeader {
  /** Its JSON: entries by the tensors' names. */
  header: Record<string, unknown>;
  /** Its __metadata__. */
  metadata: Record<string, string>;
  /** Where the tensors begin. */
  dataStart: number;
}

/**
 * Reads the header of a safetensors file and nothing else; https://github.com/huggingface/safetensors, "Format". Throws
 * WEIGHTS_CORRUPT, NOT_FOUND and the like.
 */
export async function readHeader(file: string): Promise<SafetensorsHeader> {
  const handle = await open(file).catch((thrown: unknown) => {
    throw fileError(thrown, file);
  });
  try {
    const { size } = await handle.stat();
    const start = Buffer.alloc(8);
    const { bytesRead } = await handle.read(start, 0, 8, 0);
    const length = bytesRead === 8 ? Number(start.readBigUInt64LE()) : Infinity;
    if (length > Math.min(maximumHeader, size - 8)) throw corrupt(file, 'it has no safetensors header');
    const text = Buffer.alloc(length);
    await handle.read(text, 0, length, 8);
    const header = parse(text, file);
    const metadata = metadataSchema.safeParse(header['__metadata__']);
    return { header, metadata: metadata.success ? metadata.data : {}, dataStart: 8 + length };
  } finally {
    await handle.close();
  }
}

function parse(text: Buffer, file: string): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(text.toString('utf8')));
  } catch (cause) {
    throw corrupt(file, 'its header is not JSON', cause);
  }
}
