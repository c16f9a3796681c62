import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorValueSchema } from '../../contract/error-value.ts';
import { DistillError } from '../../contract/errors.ts';
import { type Runtime, runtimeSchema } from '../../contract/runtime.ts';
import { type Sweep, sweepSchema } from '../../contract/sweep/sweep.ts';
import { fileError, writeJsonAtomic } from '../../platform/files.ts';
import { makeFolder } from '../run-folder/naming.ts';
import { isSegment } from '../run-folder/no-links.ts';
import { readChecked } from '../run-folder/record.ts';
import { RunFolder } from '../run-folder/run-folder.ts';

const progressSchema = z.object({
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  /** The dataset given beside the base recipe; null: that recipe's own. */
  dataPath: z.string().nullable(),
  runtime: runtimeSchema,
  /** Whether every member has ended, or the budget is spent. */
  isCompleted: z.boolean(),
  /** Why no further member could be started; null: none of that. */
  error: errorValueSchema.nullable(),
  /** The members' folders below runs/, in their order; null: not begun. */
  members: z.array(z.string().refine(isSegment).nullable()),
});
export type SweepProgress = z.output<typeof progressSchema>;

/**
 * A sweep's folder: sweep.json (what was asked for), progress.json (which run is which member), runs/ (the members, ordinary run
 * folders) and cache/ (the teachers' stored logits).
 */
export class SweepFolder {
  readonly folder: string;
  readonly sweep: Sweep;
  #progress: SweepProgress;

  private constructor(folder: string, sweep: Sweep, progress: SweepProgress) {
    this.folder = folder;
    this.sweep = sweep;
    this.#progress = progress;
  }

  /** Makes `<name>-<YYYYMMDD-HHMMSS>` below `out`; nothing is left where it throws NOT_WRITABLE or DISK_FULL. */
  static async create(
    out: string,
    sweep: Sweep,
    start: { dataPath: string | null; runtime: Runtime; members: number; startedAt: Date },
  ): Promise<SweepFolder> {
    const { dataPath, runtime, members, startedAt } = start;
    const folder = await makeFolder(out, sweep.name, startedAt);
    try {
      await writeJsonAtomic(path.join(folder, 'sweep.json'), sweep);
      const made = new SweepFolder(folder, sweep, {
        version: 1,
        startedAt: startedAt.toISOString(),
        dataPath,
        runtime,
        isCompleted: false,
        error: null,
        members: Array.from({ length: members }, () => null),
      });
      await mkdir(made.runs);
      await made.update({});
      return made;
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      throw fileError(thrown, folder);
    }
  }

  /** Throws NOT_FOUND where the folder is no sweep's, RUN_CORRUPT. */
  static async open(folder: string): Promise<SweepFolder> {
    const absolute = path.resolve(folder);
    const names = await readdir(absolute).catch((): string[] => []);
    if (!names.includes('sweep.json') || !names.includes('progress.json'))
      throw new DistillError(
        'NOT_FOUND',
        `"${folder}" is not a sweep's folder: it has no sweep.json and progress.json.`,
        'Give the folder that "distill-studio sweep run" printed.',
      );
    const sweep = await readChecked(absolute, 'sweep.json', sweepSchema);
    return new SweepFolder(absolute, sweep, await readChecked(absolute, 'progress.json', progressSchema));
  }

  get progress(): SweepProgress {
    return this.#progress;
  }
  get runs(): string {
    return path.join(this.folder, 'runs');
  }
  get logits(): string {
    return path.join(this.folder, 'cache');
  }
  /** The member's run; null where it has not begun, or cannot be read any more. */
  async openMember(index: number): Promise<RunFolder | null> {
    const folder = this.member(index);
    return folder === null ? null : RunFolder.open(folder).catch(() => null);
  }

  /** null: the member has not begun. */
  member(index: number): string | null {
    const name = this.#progress.members[index];
    return name ? path.join(this.runs, name) : null;
  }

  async update(
    patch: Partial<Pick<SweepProgress, 'dataPath' | 'isCompleted' | 'error' | 'members'>>,
  ): Promise<void> {
    this.#progress = { ...this.#progress, ...patch };
    await writeJsonAtomic(path.join(this.folder, 'progress.json'), this.#progress);
  }

  /** Notes a member's run, which lies in `runs`. */
  async begin(index: number, folder: string): Promise<void> {
    await this.update({ members: this.#progress.members.with(index, path.basename(folder)) });
  }
}
