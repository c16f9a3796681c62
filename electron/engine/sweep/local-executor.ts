import { canResume } from '../../contract/run.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { recover } from '../run-folder/recovery.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { Executor } from './executor.ts';
import { FirstWithTeacher } from './first-with-teacher.ts';
import type { Job } from './jobs.ts';
import { type Member, withTeacherOf } from './members.ts';
import { nextAttempt } from './next-attempt.ts';
import type { SweepFolder } from './sweep-folder.ts';
import type { Teachers } from './teachers.ts';

/** A run that waits for its turn, held by this process. */
interface Waiting {
  run: RunFolder;
  /** Whether it was begun before. */
  resume: boolean;
}

/** Runs members on this machine, among the engine's other runs. */
export class LocalExecutor implements Executor {
  readonly slots: number;
  readonly #folder: SweepFolder;
  readonly #members: readonly Member[];
  readonly #teachers: Teachers;
  readonly #active: Pick<ActiveRuns, 'launch' | 'ended' | 'stop'>;
  /** Folders of the members that are queued or at work. */
  readonly #atWork = new Set<string>();
  readonly #firsts = new FirstWithTeacher();
  #isStopping = false;

  constructor(
    folder: SweepFolder,
    members: readonly Member[],
    teachers: Teachers,
    active: Pick<ActiveRuns, 'launch' | 'ended' | 'stop'>,
  ) {
    this.#folder = folder;
    this.#members = members;
    this.#teachers = teachers;
    this.#active = active;
    this.slots = folder.progress.atOnce;
  }

  run(job: Job): Promise<RunSummary> {
    return this.#firsts.inTurn(this.#members[job.index]!, async () => (await this.launch(job)).ended);
  }

  /** Starts a member, from where it was left if it has begun. */
  async launch({ index, pauseAfter }: Job): Promise<{ folder: string; ended: Promise<RunSummary> }> {
    const { run, resume } = (await this.#begun(index)) ?? (await this.#created(index));
    const { folder } = run;
    this.#active.launch(run, { resume, share: 1 / this.slots, pauseAfter });
    this.#atWork.add(folder);
    const ended = this.#active.ended(folder)!.finally(() => this.#atWork.delete(folder));
    if (this.#isStopping) await this.#pause(folder);
    return { folder, ended };
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#atWork].map((folder) => this.#pause(folder)));
  }

  /** It may end by itself meanwhile. */
  #pause(folder: string): Promise<void> {
    return this.#active.stop(folder, 'pause').catch(() => undefined);
  }

  /** A member that was begun, to go on; null where it was not, or where its folder is gone or damaged: then it is run anew. */
  async #begun(index: number): Promise<Waiting | null> {
    const folder = this.#folder.member(index);
    const run = folder === null ? null : await recover(folder).catch(() => null);
    if (!run || !canResume(run.state)) return null;
    // Its worker may still write into that folder.
    if (run.worker !== null) return nextAttempt(this.#folder, index, run.recipe);
    await run.setState('queued');
    await run.update({ dataPath: this.#folder.progress.dataPath });
    return { run, resume: true };
  }

  async #created(index: number): Promise<Waiting> {
    const member = this.#members[index]!;
    const teacher = this.#teachers.of(member);
    const recipe = teacher === null ? member.recipe : withTeacherOf(member.recipe, teacher);
    return { run: await this.#folder.begin(index, recipe), resume: false };
  }
}
