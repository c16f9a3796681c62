import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { DistillError } from '../../contract/errors.ts';
import { makeFolders, writeFileAtomic } from '../../platform/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../models/weights/safetensors.ts';
import type { Tensors } from './snapshot.ts';

/** Everything that a training needs to go on: values by part, tensors by 'part/name'. */
export interface Checkpoint {
  values: Record<string, unknown>;
  tensors: Tensors;
}

export interface FoundCheckpoint {
  checkpoint: Checkpoint;
  /** One sentence for each newer checkpoint that could not be read. */
  warnings: string[];
}

const version = '1';
const filePattern = /^checkpoint-(\d{6,})\.safetensors$/;
const kept = 2;

/** Over the values and all tensors: safetensors itself would not notice a flipped bit. */
function checksum(values: string, tensors: Tensors): string {
  let sum = crc32(values);
  for (const name of [...tensors.keys()].sort()) {
    const { data } = tensors.get(name)!;
    sum = crc32(name, sum);
    sum = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum);
  }
  return sum.toString(16);
}

function decode(bytes: Uint8Array, file: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const values = metadata['values'];
  if (metadata['version'] !== version || values === undefined)
    throw new Error('not a checkpoint of this version');
  if (metadata['checksum'] !== checksum(values, tensors)) throw new Error('the checksum differs');
  return { values: JSON.parse(values) as Record<string, unknown>, tensors };
}

/**
 * The checkpoints of one training, in a folder of their own: the newest and the one before it, each one safetensors file
 * with the values as JSON in its metadata. Tensors are in this program's layout, not PyTorch's.
 */
export class CheckpointStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Atomic: on DISK_FULL or NOT_WRITABLE the older checkpoints stand. */
  async save(checkpoint: Checkpoint): Promise<void> {
    await makeFolders(this.folder);
    const older = await this.numbers();
    const values = JSON.stringify(checkpoint.values);
    const metadata = { version, values, checksum: checksum(values, checkpoint.tensors) };
    await writeFileAtomic(this.file((older[0] ?? 0) + 1), encodeSafetensors(checkpoint.tensors, metadata));
    for (const number of older.slice(kept - 1)) await rm(this.file(number), { force: true });
  }

  /**
   * The newest checkpoint that can be read; null where there is none at all.
   * @throws DistillError RUN_CORRUPT if there are some, but none can be read.
   */
  async load(): Promise<FoundCheckpoint | null> {
    const numbers = await this.numbers();
    const warnings: string[] = [];
    for (const number of numbers) {
      const file = this.file(number);
      try {
        return { checkpoint: decode(await readFile(file), file), warnings };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        warnings.push(`The checkpoint ${file} cannot be read (${reason}); the one before it is used.`);
      }
    }
    if (numbers.length === 0) return null;
    throw new DistillError(
      'RUN_CORRUPT',
      `No checkpoint in ${this.folder} can be read.`,
      'Start the run again from its recipe.',
    );
  }

  /** Whether there is one at all, whether or not it can be read. */
  async hasAny(): Promise<boolean> {
    return (await this.numbers()).length > 0;
  }

  /** Removes all checkpoints of an earlier training, also half-written ones. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private file(number: number): string {
    return path.join(this.folder, `checkpoint-${String(number).padStart(6, '0')}.safetensors`);
  }

  /** Newest first. */
  private async numbers(): Promise<number[]> {
    if (!existsSync(this.folder)) return [];
    const names = await readdir(this.folder);
    return names
      .map((name) => Number(filePattern.exec(name)?.[1] ?? NaN))
      .filter((number) => !Number.isNaN(number))
      .sort((a, b) => b - a);
  }
}
