import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { MemberJob } from '../../contract/sweep/member-job.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { makeFolders, writeFileAtomic } from '../../platform/files.ts';
import type { Exchange } from './exchange.ts';

/** Files that are fetched at the same time. */
const atOnce = 8;

type Dataset = MemberJob['dataset'];

/** Datasets that a worker has fetched, each once, in folders named by their fingerprints. */
export class FetchedDatasets {
  readonly #folder: string;
  /** Those that are being fetched, by fingerprint. */
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where a dataset is, once all of it is here. Throws what the exchange throws; what has arrived stays and is gone on with. */
  bring(dataset: Dataset, exchange: Exchange): Promise<string> {
    const { fingerprint } = dataset;
    const known = this.#underWay.get(fingerprint);
    if (known) return known;
    const fetched = this.#fetch(dataset, exchange).finally(() => this.#underWay.delete(fingerprint));
    this.#underWay.set(fingerprint, fetched);
    return fetched;
  }

  async #fetch({ fingerprint, name, served }: Dataset, exchange: Exchange): Promise<string> {
    const folder = path.join(this.#folder, fingerprint);
    const data = path.join(folder, name);
    const done = path.join(folder, '.complete');
    if (await stat(done).catch(() => null)) return data;
    await makeFolders(folder);
    const files = await exchange.list('');
    await mapConcurrently(files, atOnce, async (file) => {
      const to = served === 'file' ? data : path.join(data, ...file.name.split('/'));
      // Only whole files have their own name.
      const here = await stat(to).catch(() => null);
      if (here?.size !== file.bytes) await exchange.fetch(file, to);
    });
    await writeFileAtomic(done, '');
    return data;
  }
}
