import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isSegment } from '../../contract/segment.ts';
import type { MemberJob } from '../../contract/sweep/member-job.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Member } from '../sweep/members.ts';
import type { SweepFolder } from '../sweep/sweep-folder.ts';
import { dataArea, type FileServer, sweepArea } from './file-server.ts';
import { placeIn } from './places.ts';
import { PortableRecipes } from './portable-recipe.ts';

export interface MemberJobsParts {
  folder: SweepFolder;
  /** The folder that all machines see; null: there is none. */
  shared: string | null;
  /** What serves files to workers; null: nothing does. */
  server: FileServer | null;
  /** The fingerprint of a member's dataset. */
  fingerprintOf: (member: Member) => Promise<string>;
}

/** Files of a dataset that hold all of its images; a table names others. */
const whole = /\.(zip|parquet)$/i;

/** Writes attempts at the members of a sweep as jobs of a queue. */
export class MemberJobs {
  /** The sweep's name among those of a worker; the time tells sweeps of equal names apart. */
  readonly sweep: string;
  readonly #parts: MemberJobsParts;
  readonly #recipes: PortableRecipes;

  constructor(parts: MemberJobsParts) {
    const { folder, progress } = parts.folder;
    const begun = createHash('sha256').update(progress.startedAt).digest('hex').slice(0, 8);
    this.sweep = `${path.basename(folder)}-${begun}`;
    this.#parts = parts;
    this.#recipes = new PortableRecipes(folder);
    parts.server?.serve(sweepArea, folder);
  }

  idOf(attempt: string): string {
    return `${this.sweep}.${attempt}`;
  }

  /** Throws INVALID_INPUT where a recipe names what cannot travel, and what copying its files throws. */
  async of(
    member: Member,
    run: RunFolder,
    how: Pick<MemberJob, 'resume' | 'pauseAfter'>,
  ): Promise<MemberJob> {
    const { folder } = this.#parts;
    const { dataPath, runtime } = folder.progress;
    return {
      version: 1,
      sweep: this.sweep,
      attempt: path.basename(run.folder),
      recipe: await this.#recipes.portable(run.recipe),
      runtime,
      ...(await this.#ways(member)),
      ...how,
      home: { dataPath, logitsFolder: folder.logits },
      stop: false,
    };
  }

  /** A job of an earlier process, with the ways to this one's files. */
  async renewed(job: MemberJob, member: Member): Promise<MemberJob> {
    return { ...job, ...(await this.#ways(member)), stop: false };
  }

  /** How workers come to the files of the sweep and to a member's dataset. */
  async #ways(member: Member): Promise<Pick<MemberJob, 'shared' | 'files' | 'dataset'>> {
    const { folder, shared, server, fingerprintOf } = this.#parts;
    const data = path.resolve(folder.progress.dataPath ?? member.recipe.data.path ?? '');
    const name = path.basename(data);
    const fingerprint = await fingerprintOf(member);
    const served = server ? await kindOf(data) : null;
    if (served !== null) server?.serve(dataArea(fingerprint), data);
    const placed = (file: string): string | null => (shared === null ? null : placeIn(shared, file));
    return {
      shared: placed(folder.folder),
      files: server?.access ?? null,
      dataset: { name: isSegment(name) ? name : 'dataset', fingerprint, shared: placed(data), served },
    };
  }
}

/** null: it does not travel. */
async function kindOf(data: string): Promise<'folder' | 'file' | null> {
  const info = await stat(data).catch(() => null);
  if (info?.isDirectory()) return 'folder';
  return info?.isFile() && whole.test(data) ? 'file' : null;
}
