import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { fileError, makeFolders, readJson, writeFileAtomic, writeJsonAtomic } from '../../platform/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../models/weights/safetensors.ts';
import { joinRows, splitRows } from './joined-rows.ts';
import { halvesOf } from '../numbers/float16.ts';
import { answerKey, type AnswerIdentity, answerVersion, hashOf } from './answer-identity.ts';

/** The augmented images of one epoch (1-based), or the validation images as they are. */
export type AnswerPart = number | 'validation';

const storeSchema = z.object({
  version: z.literal(answerVersion),
  key: z.string(),
  augmentSeed: z.number().int().min(0),
});

export interface AnswerStoreOptions {
  /** The folder of all stores. */
  cache: string;
  identity: AnswerIdentity;
  /** Taken where the store is new. */
  augmentSeed: number;
  /** Is told, in a sentence, of what is damaged and will be computed anew. */
  warn: (message: string) => void;
}

/**
 * A teacher's answers on the disk, for one teacher, dataset and augmentation:
 * `<cache>/teacher-answers/<key>/store.json` says what they are, `epoch-0001.safetensors`, ... and
 * `validation.safetensors` hold "logits", float16 [images, classes], and "penultimate" [images, units] where it is kept, in order of
 * the images' keys. Rows are handed over joined, logits first. A file is whole or not
 * there, and names the key and the seed that it belongs to.
 */
export class AnswerStore {
  readonly folder: string;
  /** Epoch, image and this seed determine the pixels that the answers are for. */
  readonly augmentSeed: number;
  readonly #key: string;
  readonly #identity: AnswerIdentity;
  readonly #warn: (message: string) => void;

  private constructor(folder: string, augmentSeed: number, options: AnswerStoreOptions) {
    this.folder = folder;
    this.augmentSeed = augmentSeed;
    this.#key = answerKey(options.identity);
    this.#identity = options.identity;
    this.#warn = options.warn;
  }

  /** Finds the store, or makes it. Throws DistillError NOT_WRITABLE, DISK_FULL or INVALID_INPUT (a file is in the way). */
  static async open(options: AnswerStoreOptions): Promise<AnswerStore> {
    const { cache, identity, augmentSeed, warn } = options;
    const key = answerKey(identity);
    const folder = path.join(cache, 'teacher-answers', key.slice(0, 20));
    await makeFolders(folder);
    const file = path.join(folder, 'store.json');
    try {
      const known = storeSchema.parse(await readJson(file));
      if (known.key === key) return new AnswerStore(folder, known.augmentSeed, options);
      warn(`"${file}" describes other answers; they are not used.`);
    } catch (thrown) {
      const absent = thrown instanceof DistillError && thrown.code === 'NOT_FOUND';
      if (!absent) warn(`"${file}" is damaged; the answers beside it are not used.`);
    }
    await writeJsonAtomic(file, { version: answerVersion, key, augmentSeed, identity });
    return new AnswerStore(folder, augmentSeed, options);
  }

  /** Joined rows [images, columns]; null where they are not there or not to be trusted. */
  async read(part: AnswerPart): Promise<Float32Array | null> {
    const file = this.#file(part);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (thrown) {
      const error = fileError(thrown, file);
      if (error.code !== 'NOT_FOUND') this.#warn(`${error.message} Its answers are computed anew.`);
      return null;
    }
    try {
      return this.#decode(bytes, part, file);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.#warn(`"${file}" cannot be used (${reason}); its answers are computed anew.`);
      return null;
    }
  }

  /** Joined rows [images, columns] that halves can hold. Atomic. Throws DistillError DISK_FULL or NOT_WRITABLE. */
  async write(part: AnswerPart, values: Float32Array): Promise<void> {
    const metadata = { ...this.#metadata(part), sha256: hashOf([values]) };
    const tensors = new Map(
      splitRows(values, this.#widths).map(([name, width, data]) => [
        name,
        { shape: [this.#images(part), width], data: halvesOf(data) },
      ]),
    );
    await writeFileAtomic(this.#file(part), encodeSafetensors(tensors, metadata));
  }

  /** How many epochs are there, and the bytes of all files; nothing where the folder is gone. */
  async extent(): Promise<{ epochs: number; bytes: number }> {
    const found = await readdir(this.folder).catch(() => []);
    const names = found.filter((name) => name.endsWith('.safetensors'));
    const files = await Promise.all(
      names.map((name) => stat(path.join(this.folder, name)).catch(() => ({ size: 0 }))),
    );
    return {
      epochs: names.filter((name) => name.startsWith('epoch-')).length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    };
  }

  #file(part: AnswerPart): string {
    const name = part === 'validation' ? part : `epoch-${String(part).padStart(4, '0')}`;
    return path.join(this.folder, `${name}.safetensors`);
  }

  #images(part: AnswerPart): number {
    return this.#identity.data[part === 'validation' ? 'validation' : 'train'].images;
  }

  /** Of the tensors in a file, by name. */
  get #widths(): Record<string, number> {
    const { teacher, penultimate } = this.#identity;
    return { logits: teacher.classes, ...(penultimate !== undefined && { penultimate }) };
  }

  #metadata(part: AnswerPart): Record<string, string> {
    return {
      key: this.#key,
      part: String(part),
      ...(part !== 'validation' && { augmentSeed: String(this.augmentSeed) }),
    };
  }

  #decode(bytes: Uint8Array, part: AnswerPart, file: string): Float32Array {
    const { tensors, metadata } = decodeSafetensors(bytes, file);
    for (const [name, value] of Object.entries(this.#metadata(part)))
      if (metadata[name] !== value) throw new Error(`its ${name} is another`);
    const parts = Object.entries(this.#widths).map(([name, width]) => {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== [this.#images(part), width].join())
        throw new Error('its shape is another');
      return { width, data: tensor.data };
    });
    const data = joinRows(parts, this.#images(part));
    if (metadata['sha256'] !== hashOf([data])) throw new Error('its checksum differs');
    return data;
  }
}
