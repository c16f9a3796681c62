import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DistillError } from '../../contract/errors.ts';
import { fileError, makeFolders, readJson, writeFileAtomic, writeJsonAtomic } from '../../platform/files.ts';
import { decodeSafetensors, encodeSafetensors } from '../models/weights/safetensors.ts';
import { joinRows, splitRows } from './joined-rows.ts';
import { halvesOf } from '../numbers/float16.ts';
import { logitKey, type LogitIdentity, logitVersion, hashOf } from './logit-identity.ts';

/** The augmented images of one epoch (1-based), or the validation images as they are. */
export type LogitPart = number | 'validation';

const storeSchema = z.object({
  version: z.literal(logitVersion),
  key: z.string(),
  augmentSeed: z.number().int().min(0),
});

const folderOf = (cache: string, key: string): string =>
  path.join(cache, 'teacher-answers', key.slice(0, 20));

export interface LogitStoreOptions {
  /** The folder of all stores. */
  cache: string;
  identity: LogitIdentity;
  /** Taken where the store is new. */
  augmentSeed: number;
  /** Gets a sentence about what is damaged and will be computed again. */
  warn: (message: string) => void;
}

/**
 * A teacher's logits on the disk, for one teacher, dataset and augmentation:
 * `<cache>/teacher-answers/<key>/store.json` describes them, `epoch-0001.safetensors`, ... and
 * `validation.safetensors` hold "logits", float16 [images, classes], and "penultimate" [images, units] where it is kept, in order of
 * the images' keys, those without labels last. Rows are handed over joined, logits first. A file is whole or not
 * there, and names the key and the seed that it belongs to.
 */
export class LogitStore {
  readonly folder: string;
  /** Epoch, image and this seed determine the pixels that the logits are for. */
  readonly augmentSeed: number;
  readonly #key: string;
  readonly #identity: LogitIdentity;
  readonly #warn: (message: string) => void;

  private constructor(folder: string, augmentSeed: number, options: LogitStoreOptions) {
    this.folder = folder;
    this.augmentSeed = augmentSeed;
    this.#key = logitKey(options.identity);
    this.#identity = options.identity;
    this.#warn = options.warn;
  }

  /** Finds the store, or makes it. Throws DistillError NOT_WRITABLE, DISK_FULL or INVALID_INPUT (a file is in the way). */
  static async open(options: LogitStoreOptions): Promise<LogitStore> {
    const { cache, identity, augmentSeed, warn } = options;
    const key = logitKey(identity);
    const folder = folderOf(cache, key);
    await makeFolders(folder);
    const file = path.join(folder, 'store.json');
    try {
      const known = storeSchema.parse(await readJson(file));
      if (known.key === key) return new LogitStore(folder, known.augmentSeed, options);
      warn(`"${file}" describes other teacher logits; they are not used.`);
    } catch (thrown) {
      const absent = thrown instanceof DistillError && thrown.code === 'NOT_FOUND';
      if (!absent) warn(`"${file}" is damaged; the teacher logits beside it are not used.`);
    }
    await writeJsonAtomic(file, { version: logitVersion, key, augmentSeed, identity });
    return new LogitStore(folder, augmentSeed, options);
  }

  /**
   * The store of logits for the pixels of this seed: the one that `open` gives where it is for them, else one that is for this seed
   * alone. Throws as `open` does.
   */
  static async openFor(options: LogitStoreOptions): Promise<LogitStore> {
    const { identity, augmentSeed } = options;
    const usual = await LogitStore.open(options);
    if (usual.augmentSeed === augmentSeed) return usual;
    return LogitStore.open({ ...options, identity: { ...identity, augmentSeed } });
  }

  /** The seed of the store that `open` would find; null where it would make one. */
  static async seedOf({
    cache,
    identity,
  }: Pick<LogitStoreOptions, 'cache' | 'identity'>): Promise<number | null> {
    const key = logitKey(identity);
    const value = await readJson(path.join(folderOf(cache, key), 'store.json')).catch(() => null);
    const known = storeSchema.safeParse(value).data;
    return known?.key === key ? known.augmentSeed : null;
  }

  /** Joined rows [images, columns]; null where they are not there or not to be trusted. */
  async read(part: LogitPart): Promise<Float32Array | null> {
    const file = this.#file(part);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (thrown) {
      const error = fileError(thrown, file);
      if (error.code !== 'NOT_FOUND') this.#warn(`${error.message} Its teacher logits are computed again.`);
      return null;
    }
    try {
      return this.#decode(bytes, part, file);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.#warn(`"${file}" cannot be used (${reason}); its teacher logits are computed again.`);
      return null;
    }
  }

  /** Joined rows [images, columns] that halves can hold. Atomic. Throws DistillError DISK_FULL or NOT_WRITABLE. */
  async write(part: LogitPart, values: Float32Array): Promise<void> {
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

  #file(part: LogitPart): string {
    const name = part === 'validation' ? part : `epoch-${String(part).padStart(4, '0')}`;
    return path.join(this.folder, `${name}.safetensors`);
  }

  #images(part: LogitPart): number {
    const { train, validation, unlabelled } = this.#identity.data;
    return part === 'validation' ? validation.images : train.images + (unlabelled?.rows ?? 0);
  }

  /** Of the tensors in a file, by name. */
  get #widths(): Record<string, number> {
    const { teacher, penultimate } = this.#identity;
    return { logits: teacher.classes, ...(penultimate !== undefined && { penultimate }) };
  }

  #metadata(part: LogitPart): Record<string, string> {
    return {
      key: this.#key,
      part: String(part),
      ...(part !== 'validation' && { augmentSeed: String(this.augmentSeed) }),
    };
  }

  #decode(bytes: Uint8Array, part: LogitPart, file: string): Float32Array {
    const { tensors, metadata } = decodeSafetensors(bytes, file);
    for (const [name, value] of Object.entries(this.#metadata(part)))
      if (metadata[name] !== value) throw new Error(`its ${name} differs`);
    const parts = Object.entries(this.#widths).map(([name, width]) => {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== [this.#images(part), width].join()) throw new Error('its shape differs');
      return { width, data: tensor.data };
    });
    const data = joinRows(parts, this.#images(part));
    if (metadata['sha256'] !== hashOf([data])) throw new Error('its checksum differs');
    return data;
  }
}
