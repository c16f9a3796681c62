import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { RunState } from '../../contract/run.ts';
import { writeJsonAtomic } from '../../platform/files.ts';
import { removeTemporary } from './leftovers.ts';
import { RunLock } from './lock.ts';
import { readChecked, recordSchema, type RunRecord } from './record.ts';
import { checkTransition } from './states.ts';

/** A run's record, and run.json, which changes only while this object holds the run's lock. */
export class HeldRecord {
  readonly #folder: string;
  #current: RunRecord;
  #lock: RunLock | null;
  #saving: Promise<void> = Promise.resolve();

  /** `lock`: null where the record is only read. */
  constructor(folder: string, record: RunRecord, lock: RunLock | null) {
    this.#folder = folder;
    this.#current = record;
    this.#lock = lock;
  }

  get current(): RunRecord {
    return this.#current;
  }
  get isHeld(): boolean {
    return this.#lock !== null;
  }
  /** By which another process can take the run over; null where this object does not hold it. */
  get token(): string | null {
    return this.#lock?.token ?? null;
  }
  get #name(): string {
    return path.basename(this.#folder);
  }

  /** Throws RUN_STATE where `next` may not follow the run's state. */
  checkNext(next: RunState): void {
    checkTransition(this.#name, this.#current.state, next);
  }

  /** Takes the lock, to go on to `next`. Throws RUN_STATE where another process holds it or as `checkNext`, RUN_CORRUPT. */
  async hold(next: RunState): Promise<void> {
    this.#lock = await RunLock.acquire(this.#folder);
    try {
      // Another process may have moved it since it was opened here.
      this.#current = await readChecked(this.#folder, 'run.json', recordSchema);
      this.checkNext(next);
    } catch (thrown) {
      await this.#release();
      throw thrown;
    }
    await removeTemporary(this.#folder);
  }

  /** Changes the record at once; it is on the disk when this resolves. Throws RUN_STATE where it is not held. */
  async save(patch: Partial<RunRecord>): Promise<void> {
    if (!this.#lock) {
      throw new DistillError(
        'RUN_STATE',
        `The run "${this.#name}" is not held by this process.`,
        'Resume the run first.',
      );
    }
    this.#current = { ...this.#current, ...patch, updatedAt: new Date().toISOString() };
    const record = this.#current;
    // One after the other: an older record must never land on a newer one.
    const saved = this.#saving.then(() => writeJsonAtomic(path.join(this.#folder, 'run.json'), record));
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  async #release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  /** Releases the lock, once all is saved. */
  async close(): Promise<void> {
    await this.#saving;
    await this.#release();
  }
}
