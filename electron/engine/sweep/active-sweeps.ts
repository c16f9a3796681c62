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

interface ActiveSweep {
  sweep: SweepAtWork;
  /** Resolves when it has ended and its folder is free: what is read or resumed from then on finds it so. Never rejects. */
  over: Promise<void>;
}

/** The sweeps that this engine works on. */
export class ActiveSweeps {
  readonly #active: ActiveRuns;
  readonly #sweeps = new Map<string, ActiveSweep>();
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
    const over = sweep.ended.then(async () => {
      unwatch();
      await lock.release().catch(() => undefined);
      // It may have been resumed as soon as its folder was free.
      if (this.#sweeps.get(folder.folder) === active) this.#sweeps.delete(folder.folder);
    });
    const active: ActiveSweep = { sweep, over };
    this.#sweeps.set(folder.folder, active);
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
    const active = this.#sweeps.get(path.resolve(folder));
    if (!active && (await RunLock.isHeld(path.resolve(folder)))) return askToStop(folder);
    if (!active)
      throw new DistillError(
        'RUN_STATE',
        `The sweep ${folder} is not at work.`,
        'Nothing needs to be stopped.',
      );
    await active.sweep.stop();
    await active.over;
  }

  async status(folder: string): Promise<SweepStatus> {
    const sweep = this.#sweeps.get(path.resolve(folder))?.sweep;
    return statusOf(sweep?.folder ?? (await SweepFolder.open(folder)), sweep ?? null);
  }

  /** Returns when it has ended; at once where it is not at work here. */
  async wait(folder: string, { progress, signal }: CallContext): Promise<SweepStatus> {
    const active = this.#sweeps.get(path.resolve(folder));
    if (active) {
      const { sweep, over } = active;
      progress(sweep.progress);
      sweep.listeners.add(progress);
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([over, aborted]);
      sweep.listeners.delete(progress);
      signal.throwIfAborted();
    }
    return this.status(folder);
  }

  /** Stops what is at work, saving it. Members that run by themselves are the engine's runs, which it stops. */
  async close(): Promise<void> {
    const ended = [...this.#sweeps.values()].map(async ({ sweep, over }) => {
      await sweep.stop();
      await over;
    });
    await Promise.all([...ended, ...this.#endings]);
  }
}
