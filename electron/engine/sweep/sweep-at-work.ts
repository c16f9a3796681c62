import { type ErrorValue, toErrorValue } from '../../contract/errors.ts';
import type { CallProgress } from '../../contract/method.ts';
import { canResume } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { type Member, withTeacherOf } from './members.ts';
import type { SweepFolder } from './sweep-folder.ts';
import { teacherRunOf } from './teacher-of.ts';

/** A run that waits for its turn, held by this process. */
interface Waiting {
  run: RunFolder;
  /** Whether it was begun before. */
  resume: boolean;
}

/** Seconds that a run took, from its start to its last change. */
export const secondsOf = ({ startedAt, updatedAt }: Pick<RunSummary, 'startedAt' | 'updatedAt'>): number =>
  (Date.parse(updatedAt) - Date.parse(startedAt)) / 1000;

/** The local executor: a sweep's members one after the other, among the engine's other runs. */
export class SweepAtWork {
  readonly folder: SweepFolder;
  readonly members: readonly Member[];
  /** Resolves when no member is at work and none will be started. Never rejects. */
  readonly ended: Promise<void>;
  readonly listeners = new Set<(progress: CallProgress) => void>();
  readonly #active: ActiveRuns;
  #isStopping = false;
  /** The folder of the member that is queued or at work. */
  #current: string | null = null;
  #done = 0;

  constructor(folder: SweepFolder, members: readonly Member[], active: ActiveRuns) {
    this.folder = folder;
    this.members = members;
    this.#active = active;
    this.ended = this.#work().catch((thrown: unknown) => this.#keepError(toErrorValue(thrown)));
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }
  get progress(): CallProgress {
    return { done: this.#done, total: this.members.length };
  }

  /** Ends it after the batch of the member at work, which is saved. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // It may end by itself meanwhile.
    if (this.#current !== null) await this.#active.stop(this.#current, 'pause').catch(() => undefined);
    await this.ended;
  }

  async #work(): Promise<void> {
    const { budget } = this.folder.sweep;
    let seconds = 0;
    for (const [index, member] of this.members.entries()) {
      if (this.#isStopping) return;
      const isSpent = budget.hours !== null && seconds >= budget.hours * 3600;
      const summary = (await this.#completed(index)) ?? (isSpent ? null : await this.#run(index, member));
      if (summary !== null) {
        seconds += secondsOf(summary);
        // A member that fails is a result, too. One that was stopped ends the sweep: a person or the engine's end wanted that.
        if (summary.state !== 'completed' && summary.state !== 'failed') return;
      }
      this.#done = index + 1;
      for (const listener of this.listeners) listener(this.progress);
    }
    await this.folder.update({ isCompleted: true });
  }

  async #keepError(error: ErrorValue): Promise<void> {
    await this.folder.update({ error }).catch(() => undefined);
  }

  /** A member that an earlier process completed. */
  async #completed(index: number): Promise<RunSummary | null> {
    const run = await this.folder.openMember(index);
    return run?.state === 'completed' ? run.summary() : null;
  }

  async #run(index: number, member: Member): Promise<RunSummary | null> {
    const { run, resume } = (await this.#begun(index)) ?? (await this.#created(index, member));
    this.#current = run.folder;
    try {
      this.#active.launch(run, resume);
      if (this.#isStopping) await this.#active.stop(run.folder, 'pause');
      return await this.#active.ended(run.folder);
    } finally {
      this.#current = null;
    }
  }

  /** A member that was begun, to go on; null where it was not, or where its folder is gone or damaged: then it is run anew. */
  async #begun(index: number): Promise<Waiting | null> {
    const folder = this.folder.member(index);
    const run = folder === null ? null : await recover(folder).catch(() => null);
    if (!run || !canResume(run.state)) return null;
    await run.setState('queued');
    await run.update({ dataPath: this.folder.progress.dataPath });
    return { run, resume: true };
  }

  async #created(index: number, member: Member): Promise<Waiting> {
    const teacher = await teacherRunOf(member, this.members, this.folder);
    const recipe = teacher === null ? member.recipe : withTeacherOf(member.recipe, teacher);
    const { dataPath, runtime } = this.folder.progress;
    const start = { dataPath, runtime, logitsFolder: this.folder.logits, startedAt: new Date() };
    const run = await RunFolder.create(this.folder.runs, recipe, start);
    await this.folder.begin(index, run.folder);
    return { run, resume: false };
  }
}
