import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MemberJob } from '../../contract/sweep/member-job.ts';
import { isSystemError, isTemporaryName, jsonText } from '../../platform/files.ts';
import { type FolderFile, filesBelow } from '../../platform/folder-size.ts';
import type { Exchange } from './exchange.ts';
import { markOf, posix } from './places.ts';

/** Files of a run that stay on this machine: its paths are those of here, and the lock names a process of here. */
const staysHere = new Set(['run.lock', 'recipe.json', 'run.json']);

/** Keeps the copy of an attempt's run folder on the machine that started the sweep, and the stored logits, up to date. */
export class RunMirror {
  readonly #job: MemberJob;
  readonly #exchange: Exchange;
  /** The sweep's folder on this machine. */
  readonly #folder: string;
  /** What was sent, by place below the sweep's folder. */
  readonly #sent = new Map<string, string>();

  constructor(job: MemberJob, exchange: Exchange, folder: string) {
    this.#job = job;
    this.#exchange = exchange;
    this.#folder = folder;
  }

  /** Takes what the copy has already for sent. */
  async note(place: string): Promise<void> {
    for (const file of await this.#files(place)) this.#sent.set(file.name, markOf(file));
  }

  /** The record alone, so that the copy shows where the run is. */
  async sendRecord(): Promise<void> {
    await this.#putRecord(await this.#record());
  }

  /**
   * Sends what has changed. A run can go on from the copy at any moment: what the record refers to is sent before the record, as it
   * was before the files were looked at, and what is gone here is removed last. Throws what the exchange throws.
   */
  async send(): Promise<void> {
    const record = await this.#record();
    const files = [...(await this.#files('cache')), ...(await this.#files(this.#run))];
    for (const file of files) {
      if (this.#sent.get(file.name) === markOf(file)) continue;
      await this.#exchange.put(file.name, { file: file.path }).catch((thrown: unknown) => {
        // A checkpoint that was replaced meanwhile.
        if (!isGone(thrown)) throw thrown;
      });
      this.#sent.set(file.name, markOf(file));
    }
    await this.#putRecord(record);
    if ((await this.#record()) !== record) return;
    const here = new Set(files.map(({ name }) => name));
    for (const name of [...this.#sent.keys()]) {
      if (here.has(name) || !name.startsWith(`${this.#run}/`)) continue;
      await this.#exchange.remove(name);
      this.#sent.delete(name);
    }
  }

  get #run(): string {
    return `runs/${this.#job.attempt}`;
  }

  #record(): Promise<string> {
    return readFile(path.join(this.#folder, 'runs', this.#job.attempt, 'run.json'), 'utf8');
  }

  async #putRecord(record: string): Promise<void> {
    const { dataPath, logitsFolder } = this.#job.home;
    const there = { ...(JSON.parse(record) as object), dataPath, logitsFolder };
    await this.#exchange.put(`${this.#run}/run.json`, { bytes: Buffer.from(jsonText(there)) });
  }

  async #files(place: string): Promise<(FolderFile & { name: string })[]> {
    const files = await filesBelow(path.join(this.#folder, ...place.split('/')));
    return files.flatMap((file) => {
      const name = posix(path.relative(this.#folder, file.path));
      const below = name.startsWith(`${this.#run}/`) ? name.slice(this.#run.length + 1) : '';
      const isOurs = isTemporaryName(path.basename(name)) || staysHere.has(below);
      return isOurs ? [] : [{ ...file, name }];
    });
  }
}

const isGone = (thrown: unknown): boolean =>
  isSystemError(thrown, 'ENOENT') ||
  (thrown instanceof Error && 'code' in thrown && thrown.code === 'NOT_FOUND');
