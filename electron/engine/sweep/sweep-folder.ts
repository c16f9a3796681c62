import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { errorValueSchema } from '../../contract/error-value.ts';
import { DistillError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { type Runtime, runtimeSchema } from '../../contract/runtime.ts';
import { isSegment } from '../../contract/segment.ts';
import { type Sweep, sweepSchema } from '../../contract/sweep/sweep.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { fileError, writeJsonAtomic } from '../../platform/files.ts';
import { makeFolder } from '../run-folder/naming.ts';
import { readChecked } from '../run-folder/record.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { RunStart } from '../run-folder/run-start.ts';
import { lastAttempts, type MemberFolder, memberFolderName } from './member-folders.ts';
import type { Member } from './members.ts';
import { membersCsv } from './members-csv.ts';
import { shareOf } from './share-of.ts';

/** Runs whose records are read at the same time. */
const atOnce = 64;

const progressSchema = z.object({
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  /** The dataset given beside the base recipe; null: that recipe's own. */
  dataPath: z.string().nullable(),
  runtime: runtimeSchema,
  /** Members that run at the same time on this machine. */
  atOnce: z.number().int().min(1).default(1),
  /** Whether every member has ended, or the budget is spent. */
  isCompleted: z.boolean(),
  /** Why no further member could be started; null: none of that. */
  error: errorValueSchema.nullable(),
  /** Where sweeps of the first version noted the members' folders below runs/, in their order; null: not begun. */
  members: z.array(z.string().refine(isSegment).nullable()).optional(),
});
export type SweepProgress = z.output<typeof progressSchema>;

/**
 * A sweep's folder: sweep.json (what was asked for), members.csv (what each member is), progress.json (how far it is), runs/ (the
 * members, ordinary run folders whose names begin with the member's index and the attempt) and cache/ (the teachers' stored logits).
 */
export class SweepFolder {
  readonly folder: string;
  readonly sweep: Sweep;
  #progress: SweepProgress;
  #begun: Map<number, MemberFolder>;

  private constructor(
    folder: string,
    sweep: Sweep,
    progress: SweepProgress,
    begun = new Map<number, MemberFolder>(),
  ) {
    this.folder = folder;
    this.sweep = sweep;
    this.#progress = progress;
    this.#begun = begun;
  }

  /** Makes `<name>-<YYYYMMDD-HHMMSS>` below `out`; nothing is left where it throws NOT_WRITABLE or DISK_FULL. */
  static async create(
    out: string,
    sweep: Sweep,
    start: {
      dataPath: string | null;
      runtime: Runtime;
      atOnce: number;
      members: readonly Member[];
      startedAt: Date;
    },
  ): Promise<SweepFolder> {
    const { dataPath, runtime, atOnce, members, startedAt } = start;
    const folder = await makeFolder(out, sweep.name, startedAt);
    try {
      await writeJsonAtomic(path.join(folder, 'sweep.json'), sweep);
      await writeFile(path.join(folder, 'members.csv'), await membersCsv(sweep, members));
      const made = new SweepFolder(folder, sweep, {
        version: 1,
        startedAt: startedAt.toISOString(),
        dataPath,
        runtime,
        atOnce,
        isCompleted: false,
        error: null,
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
    const progress = await readChecked(absolute, 'progress.json', progressSchema);
    return new SweepFolder(absolute, sweep, progress, await lastAttempts(path.join(absolute, 'runs')));
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

  /** As openMember, of all members. */
  openMembers(count: number): Promise<(RunFolder | null)[]> {
    return mapConcurrently([...Array(count).keys()], atOnce, (index) => this.openMember(index));
  }

  /** null: the member has not begun. */
  member(index: number): string | null {
    const name = this.#begun.get(index)?.name ?? this.#progress.members?.[index];
    return name ? path.join(this.runs, name) : null;
  }

  /** How many members have begun. */
  get begun(): number {
    const noted = (this.#progress.members ?? []).flatMap((name, index) => (name === null ? [] : [index]));
    return new Set([...this.#begun.keys(), ...noted]).size;
  }

  /** How often the member was begun. */
  attempts(index: number): number {
    return this.#begun.get(index)?.attempt ?? (this.#progress.members?.[index] ? 1 : 0);
  }

  /** Looks at the disk for what other processes have begun. */
  async refresh(): Promise<void> {
    this.#begun = await lastAttempts(this.runs);
  }

  async update(
    patch: Partial<Pick<SweepProgress, 'dataPath' | 'atOnce' | 'isCompleted' | 'error'>>,
  ): Promise<void> {
    this.#progress = { ...this.#progress, ...patch };
    await writeJsonAtomic(path.join(this.folder, 'progress.json'), this.#progress);
  }

  /** Begins a member anew: a queued run in a folder of its own, held by this process. Throws what RunFolder.create throws. */
  async begin(index: number, recipe: Recipe, before?: RunStart['before']): Promise<RunFolder> {
    const attempt = this.attempts(index) + 1;
    const name = memberFolderName(index, attempt, recipe.name.slice(this.sweep.name.length));
    const { dataPath, runtime, atOnce } = this.#progress;
    const run = await RunFolder.create(this.runs, recipe, {
      dataPath,
      runtime: shareOf(runtime, atOnce),
      logitsFolder: this.logits,
      startedAt: new Date(),
      folderName: name,
      ...(before && { before }),
    });
    this.#begun.set(index, { index, attempt, name });
    return run;
  }
}
