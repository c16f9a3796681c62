import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import type { CallContext } from '../../contract/method.ts';
import type { SweepStatus } from '../../contract/sweep/sweep-status.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { RunLock } from '../run-folder/lock.ts';
import type { MakeExecutor } from './executor.ts';
import { LocalExecutor } from './local-executor.ts';
import { type Member, planMembers } from './members.ts';
import { launchMember } from './single-member.ts';
import { statusOf } from './status.ts';
import { askToStop, forgetStop, onStopAsked } from './stop-request.ts';
import { SweepAtWork } from './sweep-at-work.ts';
import { SweepFolder, type SweepProgress } from './sweep-folder.ts';
import { Teachers } from './teachers.ts';

type Changes = Partial<Pick<SweepProgress, 'dataPath' | 'atOnce'>>;

/** The sweeps that this engine works on. */
export class ActiveSweeps {
  readonly #active: ActiveRuns;
  readonly #sweeps = new Map<string, SweepAtWork>();
  /** What members that run by themselves leave to be done. */
  readonly #endings = new Set<Promise<void>>();

  constructor(active: ActiveRuns) {
    this.#active = active;
  }

  /**
   * `changes`: where the dataset is now, and how many members run at the same time from now on; what is left out stays as it was.
   * `makeExecutor`: where they run; null: here. Returns at once. Throws RUN_STATE where a living process works on the sweep.
   */
  async launch(
    folder: SweepFolder,
    members: readonly Member[],
    changes: Changes = {},
    makeExecutor: MakeExecutor | null = null,
  ): Promise<void> {
    const lock = await RunLock.acquire(folder.folder);
    const sweep = await this.#begin(folder, members, changes, makeExecutor).catch(async (thrown: unknown) => {
      await lock.release();
      throw thrown;
    });
    const unwatch = onStopAsked(folder.folder, () => void sweep.stop());
    this.#sweeps.set(folder.folder, sweep);
    void sweep.ended.then(async () => {
      unwatch();
      this.#sweeps.delete(folder.folder);
      await lock.release().catch(() => undefined);
    });
  }

  async #begin(
    folder: SweepFolder,
    members: readonly Member[],
    changes: Changes,
    makeExecutor: MakeExecutor | null,
  ): Promise<SweepAtWork> {
    await folder.update({ ...changes, isCompleted: false, error: null });
    await forgetStop(folder.folder);
    const teachers = await Teachers.find(folder, members);
    const executor =
      makeExecutor?.({ folder, members, teachers }) ??
      new LocalExecutor(folder, members, teachers, this.#active);
    return new SweepAtWork({ folder, members, teachers, executor });
  }

  /** Starts one member by itself and gives its run's folder. Throws as launchMember does. */
  async launchMember(folder: SweepFolder, index: number, signal: AbortSignal): Promise<string> {
    const started = await launchMember(folder, await planMembers(folder.sweep), index, this.#active, signal);
    const ending = started.ended.catch(() => undefined).then(() => void this.#endings.delete(ending));
    this.#endings.add(ending);
    return started.folder;
  }

  /** Asks another process to stop it where one works on it. Throws RUN_STATE where none does. */
  async stop(folder: string): Promise<void> {
    const sweep = this.#sweeps.get(path.resolve(folder));
    if (!sweep && (await RunLock.isHeld(path.resolve(folder)))) return askToStop(folder);
    if (!sweep)
      throw new DistillError(
        'RUN_STATE',
        `The sweep ${folder} is not at work.`,
        'Nothing needs to be stopped.',
      );
    await sweep.stop();
  }

  async status(folder: string): Promise<SweepStatus> {
    const sweep = this.#sweeps.get(path.resolve(folder));
    return statusOf(sweep?.folder ?? (await SweepFolder.open(folder)), sweep ?? null);
  }

  /** Returns when it has ended; at once where it is not at work here. */
  async wait(folder: string, { progress, signal }: CallContext): Promise<SweepStatus> {
    const sweep = this.#sweeps.get(path.resolve(folder));
    if (sweep) {
      progress(sweep.progress);
      sweep.listeners.add(progress);
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([sweep.ended, aborted]);
      sweep.listeners.delete(progress);
      signal.throwIfAborted();
    }
    return this.status(folder);
  }

  /** Stops what is at work, saving it. Members that run by themselves are the engine's runs, which it stops. */
  async close(): Promise<void> {
    await Promise.all([...[...this.#sweeps.values()].map((sweep) => sweep.stop()), ...this.#endings]);
  }
}
