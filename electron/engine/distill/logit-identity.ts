import { createHash } from 'node:crypto';
import type { AugmentRecipe } from '../../contract/recipe/augmentation.ts';
import type { DataRecipe } from '../../contract/recipe/data.ts';
import type { ModelRecipe } from '../../contract/recipe/model.ts';

/** Images in an order that counts. */
export interface ImageList {
  images: number;
  /** SHA-256 of their keys. */
  keys: string;
}

/** Everything that a teacher's stored logits depend on, besides the seed of the augmentation, which a store has of its own. */
export interface LogitIdentity {
  teacher:
    | {
        model: ModelRecipe;
        classes: number;
        /** The classes that it knows, where it does not know all. */
        covers?: readonly number[];
        /** SHA-256 of weights and running statistics. */
        weights: string;
      }
    | {
        /** SHA-256 of an ONNX file and of those with its weights. */
        onnx: string;
        /** How it was read: layout, channels, logits or probabilities. */
        reading: { layout: string; channels: string; gives: string };
        /** Which of its outputs stand for the classes, null for one that it does not know; null: all, in their order. */
        outputs: readonly (number | null)[] | null;
        classes: number;
      };
  /** Units of the penultimate vector where it is kept, too; absent where it is not, as in stores of logits alone. */
  penultimate?: number;
  data: {
    /** The dataset's: keys, labels and contents of all files. */
    fingerprint: string;
    train: ImageList;
    validation: ImageList;
    /** Images without labels; absent where there are none. `rows`: how many of them each epoch's file holds, after the others. */
    unlabelled?: { images: number; fingerprint: string; rows: number };
  };
  image: DataRecipe['image'];
  augment: (Omit<AugmentRecipe, 'erase'> & Partial<Pick<AugmentRecipe, 'erase'>>) | null;
  /** What decoding, resizing and augmenting come to in this version of the program. */
  pixels: string;
  /** Which backend computed: they round differently. */
  backend: string;
  /** Of a store for one seed of the augmentation alone, beside the teacher's usual one; absent in that. */
  augmentSeed?: number;
  /** What else the last digits depend on: versions, the processor's block of channels, whether the teacher's pass is one graph. */
  arithmetic: string;
}

/** SHA-256 of texts or numbers, in hex. Each part's end counts, so that what moves from one to the next shows. */
export function hashOf(parts: Iterable<string | Float32Array>): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes =
      typeof part === 'string'
        ? Buffer.from(part)
        : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** The same text for equal values, whatever the order of their fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Raise it where logits of an older program must not be used any more, or their files are different. */
export const logitVersion = 1;

/** The key of stored logits: equal only where everything is equal. */
export const logitKey = (identity: LogitIdentity): string =>
  hashOf([String(logitVersion), canonical(identity)]);
