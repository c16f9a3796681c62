import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { ModelOutputs } from '../models/model.ts';
import { tensorsOf, tidyOutputs } from '../models/model-outputs.ts';
import type { LogitPart, LogitStore } from './logit-store.ts';
import { LogitTable } from './logit-table.ts';
import type { BatchPlace, TeacherSource } from './teacher.ts';

export interface StoredTeacherOptions {
  /** Asked for what the store does not have. */
  teacher: TeacherSource;
  store: LogitStore;
  /** Number of the teacher's outputs. */
  classes: number;
  /** Units of its penultimate vector where that is kept, too; 0 where it is not. */
  penultimate?: number;
  /** The images that are augmented, differently in each epoch. */
  train: readonly number[];
  /** Those without labels that an epoch takes besides, where there are any: all of them where nothing is augmented. */
  unlabelled?: (epoch: number) => readonly number[];
  /** Those that are seen as they are. */
  validation: readonly number[];
  /** Whether `train` is augmented at all; otherwise one epoch's logits serve for all. */
  augmented: boolean;
  warn: (message: string) => void;
}

/**
 * A teacher whose logits are kept. They are rounded to half precision whether they come from the store or are about to
 * go there, so that a student learns the same from both, bit for bit. One epoch's logits are in memory at a time.
 */
export class StoredTeacher implements TeacherSource {
  readonly live = false;
  readonly covers?: readonly number[];
  readonly variables = [];
  /** Epochs begun so far, those of them that were in the store, and those that were added to it. */
  readonly count = { epochs: 0, found: 0, added: 0 };
  readonly #options: StoredTeacherOptions;
  #part: LogitPart | null = null;
  #train: LogitTable;
  #validation: LogitTable | null = null;
  /** None of these are kept: they came from the store, were added to it or cannot be completed. */
  #settled = { train: true, validation: true };

  constructor(options: StoredTeacherOptions) {
    this.#options = options;
    const { covers } = options.teacher;
    if (covers) this.covers = covers;
    this.#train = new LogitTable(options.train, this.#columns);
  }

  /** Takes an epoch's logits from the store where they are there. `step`: how many of its steps were done earlier. */
  async beginEpoch(epoch: number, step: number): Promise<void> {
    const { store, validation } = this.#options;
    if (!this.#validation) {
      const found = validation.length > 0 ? await store.read('validation') : null;
      this.#validation = new LogitTable(validation, this.#columns, found);
      this.#settled.validation = found !== null || validation.length === 0;
    }
    this.count.epochs++;
    const part = this.#partOf(epoch);
    const held = part === this.#part && this.#train.missing.length === 0;
    const known = held ? this.#train.values : await store.read(part);
    this.#train = new LogitTable(this.#imagesOf(epoch), this.#columns, known);
    this.#part = part;
    // Of an epoch that is entered midway the first logits were lost with the earlier process.
    this.#settled.train = known !== null || step > 0;
    if (known) this.count.found++;
  }

  outputs(images: Tensor4D, place: BatchPlace): ModelOutputs {
    const { classes, penultimate = 0 } = this.#options;
    const rows = this.#rows(images, place);
    if (penultimate === 0) return { logits: rows, features: {}, penultimate: null };
    return tidyOutputs(() => {
      const [logits, vector] = tf.split(rows, [classes, penultimate], 1) as [Tensor2D, Tensor2D];
      return { logits, features: {}, penultimate: vector };
    });
  }

  #rows(images: Tensor4D, { indices, epoch }: BatchPlace): Tensor2D {
    const table = this.#validation?.lists(indices[0]!) ? this.#validation : this.#trainTable(epoch);
    const shape: [number, number] = [indices.length, this.#columns];
    const known = table.get(indices);
    if (known) return tf.tensor2d(known, shape);
    const asked = tf.tidy(() => {
      const outputs = this.#options.teacher.outputs(images, { indices, epoch });
      return tf.concat2d(tensorsOf(outputs) as Tensor2D[], 1);
    });
    table.set(indices, asked.dataSync<'float32'>());
    asked.dispose();
    return tf.tensor2d(table.get(indices)!, shape);
  }

  get #columns(): number {
    const { classes, penultimate = 0 } = this.#options;
    return classes + penultimate;
  }

  dispose(): void {
    this.#options.teacher.dispose();
  }

  /** The images whose logits are needed before `keepEpoch` can keep the epoch; those that its batches left out. */
  get missing(): number[] {
    return this.#settled.train ? [] : this.#train.missing;
  }

  /** Adds the epoch's logits to the store where they are new and complete. */
  async keepEpoch(): Promise<void> {
    if (this.#part === null || this.#settled.train || this.#train.missing.length > 0) return;
    if (await this.#keep(this.#part, this.#train)) this.count.added++;
    this.#settled.train = true;
  }

  /** The same for the validation images. */
  async keepValidation(): Promise<void> {
    if (!this.#validation || this.#settled.validation || this.#validation.missing.length > 0) return;
    await this.#keep('validation', this.#validation);
    this.#settled.validation = true;
  }

  #trainTable(epoch: number): LogitTable {
    if (this.#part === this.#partOf(epoch)) return this.#train;
    throw new DistillError('INTERNAL', `The teacher logits for epoch ${epoch} were not opened.`);
  }

  #imagesOf(epoch: number): readonly number[] {
    const { train, unlabelled } = this.#options;
    return unlabelled ? [...train, ...unlabelled(epoch)] : train;
  }

  #partOf(epoch: number): LogitPart {
    return this.#options.augmented ? epoch : 1;
  }

  /** A store that cannot be written costs time later, but no training. */
  async #keep(part: LogitPart, table: LogitTable): Promise<boolean> {
    try {
      await this.#options.store.write(part, table.values);
      return true;
    } catch (thrown) {
      this.#options.warn(`The teacher logits are not kept: ${toErrorValue(thrown).message}`);
      return false;
    }
  }
}
