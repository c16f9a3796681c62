import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type ImportReport, importReportSchema } from '../../contract/dataset.ts';
import { DistillError, type ErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { MetricsLine } from '../../contract/metrics.ts';
import { enterPhase, leavePhase, type PhaseSpan } from '../../contract/phase-spans.ts';
import { isActive, type Phase, type Role, type RunState } from '../../contract/run.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { type RunResult, runResultSchema } from '../../contract/result.ts';
import type { LogLine } from '../../contract/run-details.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { fileError, makeFolders, writeJsonAtomic } from '../../platform/files.ts';
import { readAnnotation } from './annotation.ts';
import { RunLock } from './lock.ts';
import { appendLog, readLog } from './log-file.ts';
import { MetricsLog, metricsLines, readMetrics } from './metrics.ts';
import { removeTemporary } from './leftovers.ts';
import { makeFolder } from './naming.ts';
import { refuseLinks } from './no-links.ts';
import { phasesInLog } from './phases-in-log.ts';
import { appendProbe, probesFile } from './probe-log.ts';
import { rewindMetrics, type Position } from './rewind-metrics.ts';
import { thinnedLines, type ThinnedLines } from './thinned-metrics.ts';
import { readChecked, recordSchema, requireRun, type FinishedRole, type RunRecord } from './record.ts';
import { checkTransition } from './states.ts';
import { storedRecipeSchema } from './stored-recipe.ts';
import { outcomeOf, summarise } from './summary.ts';

export interface RunStart {
  /** The dataset given beside the recipe; null: the recipe's own. */
  dataPath: string | null;
  runtime: Runtime;
  /** The folder of stored teachers' answers; null: none are kept. */
  logitsFolder: string | null;
  startedAt: Date;
}

/** Lines of the log in which phases are looked for. */
const LOG_LINES = 500;

/**
 * One run's folder: run.json (state), recipe.json, dataset.json (what was imported), metrics.jsonl, probes.jsonl, checkpoints/<role>/,
 * weights/<role>.safetensors, predictions.safetensors, tta.safetensors, result.json, report.html, exports/, mistakes/, log.txt;
 * notes.json, what its owner says of it.
 * While a process works on the run it holds run.lock.
 */
export class RunFolder {
  readonly folder: string;
  readonly recipe: Recipe;
  #record: RunRecord;
  #lock: RunLock | null;
  #metrics: MetricsLog | null = null;
  #saving: Promise<void> = Promise.resolve();
  /** Whether this process has entered the phase that is open. */
  #isInPhase = false;

  private constructor(folder: string, recipe: Recipe, record: RunRecord, lock: RunLock | null) {
    this.folder = folder;
    this.recipe = recipe;
    this.#record = record;
    this.#lock = lock;
  }

  /** Makes `<name>-<YYYYMMDD-HHMMSS>` below `out`, state queued, held by this process. Throws NOT_WRITABLE, DISK_FULL. */
  static async create(out: string, recipe: Recipe, start: RunStart): Promise<RunFolder> {
    const folder = await makeFolder(out, recipe.name, start.startedAt);
    try {
      const lock = await RunLock.acquire(folder);
      await writeJsonAtomic(path.join(folder, 'recipe.json'), recipe);
      const time = start.startedAt.toISOString();
      const run = new RunFolder(
        folder,
        recipe,
        {
          version: 1,
          name: recipe.name,
          state: 'queued',
          startedAt: time,
          updatedAt: time,
          error: null,
          dataPath: start.dataPath,
          runtime: start.runtime,
          logitsFolder: start.logitsFolder,
          augmentSeed: null,
          finished: [],
          phases: [],
          outcome: null,
        },
        lock,
      );
      await run.#save({});
      return run;
    } catch (thrown) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      throw fileError(thrown, folder);
    }
  }

  /** Opens an existing run to read, or to resume with `setState('running')`. Throws NOT_FOUND, RUN_CORRUPT. */
  static async open(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    return RunFolder.#read(absolute, null);
  }

  /** Opens a run that another process holds, and holds it from then on; `token` is that holder's. Throws as `open`, and RUN_STATE. */
  static async takeOver(folder: string, token: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const lock = await RunLock.takeOver(absolute, token);
    try {
      return await RunFolder.#read(absolute, lock);
    } catch (thrown) {
      await lock.release();
      throw thrown;
    }
  }

  static async #read(absolute: string, lock: RunLock | null): Promise<RunFolder> {
    await requireRun(absolute);
    await refuseLinks(absolute);
    const record = await readChecked(absolute, 'run.json', recordSchema);
    const recipe = await readChecked(absolute, 'recipe.json', storedRecipeSchema);
    return new RunFolder(absolute, recipe, record, lock);
  }

  /** By which another process can take the run over; null where this object does not hold it. */
  get token(): string | null {
    return this.#lock?.token ?? null;
  }
  get state(): RunState {
    return this.#record.state;
  }
  get error(): ErrorValue | null {
    return this.#record.error;
  }
  get dataPath(): string | null {
    return this.#record.dataPath;
  }
  get runtime(): Runtime {
    return this.#record.runtime;
  }
  get logitsFolder(): string | null {
    return this.#record.logitsFolder;
  }
  /** The seed of the student's augmentation, where stored answers brought one; null: it follows from the recipe's. */
  get augmentSeed(): number | null {
    return this.#record.augmentSeed;
  }
  get startedAt(): string {
    return this.#record.startedAt;
  }
  get finished(): readonly FinishedRole[] {
    return this.#record.finished;
  }

  /** Never throws. */
  summary(): Promise<RunSummary> {
    return summarise(this.folder, this.#record, this.recipe);
  }

  /** What its owner calls it, or else its recipe's name. */
  async shownName(): Promise<string> {
    return (await readAnnotation(this.folder)).name ?? this.#record.name;
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }
  checkpointFolder(role: Role): string {
    return this.path('checkpoints', role);
  }
  weightsFile(role: Role): string {
    return this.path('weights', `${role}.safetensors`);
  }
  /** The file's path, its folder made where missing. */
  async prepare(...parts: string[]): Promise<string> {
    const file = this.path(...parts);
    await makeFolders(path.dirname(file));
    return file;
  }

  /**
   * The next state, on the disk when this resolves. An active state (queued, running, stopping) holds the run for this
   * process, any other releases it. Throws RUN_STATE where the state may not follow or another process holds the run.
   */
  async setState(state: RunState, error: ErrorValue | null = null): Promise<void> {
    checkTransition(path.basename(this.folder), this.state, state);
    if (!this.#lock) {
      this.#lock = await RunLock.acquire(this.folder);
      // Another process may have moved it since it was opened here.
      this.#record = await readChecked(this.folder, 'run.json', recordSchema);
      try {
        checkTransition(path.basename(this.folder), this.state, state);
      } catch (thrown) {
        await this.#release();
        throw thrown;
      }
      await removeTemporary(this.folder);
    }
    try {
      const left = isActive(state) && state !== 'running' ? null : this.#leftPhases();
      // Without a wait where nothing is to be read: states that are set in one breath keep their order.
      await this.#save({ state, error, ...(left instanceof Promise ? await left : left) });
    } finally {
      if (!isActive(state)) await this.close().catch(() => undefined);
    }
  }

  /** What a resume was given anew, or what a run found out that a resume must know; while it is held. */
  async update(
    patch: Partial<Pick<RunRecord, 'dataPath' | 'runtime' | 'logitsFolder' | 'augmentSeed'>>,
  ): Promise<void> {
    await this.#save(patch);
  }

  /** Every phase that the run was in, oldest first. */
  async phases(): Promise<PhaseSpan[]> {
    return this.#record.phases ?? phasesInLog(await this.logLines(LOG_LINES));
  }

  /** Notes that the run, which is held and running, is in another phase. */
  async enterPhase(phase: Phase): Promise<void> {
    this.#isInPhase = true;
    await this.#save({ phases: enterPhase(this.#record.phases ?? [], phase, new Date().toISOString()) });
  }

  /** The phases once the run is in none yet, or no more. Read first where another process left one open. */
  #leftPhases(): { phases: PhaseSpan[] } | Promise<{ phases: PhaseSpan[] }> {
    const { phases } = this.#record;
    if (phases !== null && (this.#isInPhase || phases.every(({ endedAt }) => endedAt !== null)))
      return { phases: leavePhase(phases, new Date().toISOString()) };
    return this.#abandonedPhases();
  }

  /** A phase that another process left open ended with that one's last sign of life. */
  async #abandonedPhases(): Promise<{ phases: PhaseSpan[] }> {
    const { updatedAt } = this.#record;
    const [last] = await this.logLines(1);
    return { phases: leavePhase(await this.phases(), last && last.time > updatedAt ? last.time : updatedAt) };
  }

  /** Notes that a role's training is done and its weights are in weights/; a resume then skips it. */
  async finish(entry: FinishedRole): Promise<void> {
    const others = this.#record.finished.filter(({ role }) => role !== entry.role);
    await this.#save({ finished: [...others, entry] });
  }

  async #save(patch: Partial<RunRecord>): Promise<void> {
    if (!this.#lock) {
      const name = path.basename(this.folder);
      throw new DistillError(
        'RUN_STATE',
        `The run "${name}" is not held by this process.`,
        'Resume the run first.',
      );
    }
    this.#record = { ...this.#record, ...patch, updatedAt: new Date().toISOString() };
    const record = this.#record;
    // One after the other: an older record must never land on a newer one.
    const saved = this.#saving.then(() => writeJsonAtomic(this.path('run.json'), record));
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  /**
   * Appends a step or an epoch to metrics.jsonl, which may pass over it, a probe to probes.jsonl; other events are passed over.
   * Gives whether it is kept. Throws DISK_FULL or NOT_WRITABLE.
   */
  append(event: RunEvent): boolean {
    if (event.type === 'probe') {
      appendProbe(this.path(probesFile), event.probe);
      return true;
    }
    this.#metrics ??= new MetricsLog(this.path('metrics.jsonl'));
    return this.#metrics.append(event);
  }

  metrics(): Promise<MetricsLine[]> {
    return readMetrics(this.path('metrics.jsonl'));
  }
  /** The same one by one: a long run has more than fit into the memory. */
  metricsLines(): AsyncGenerator<MetricsLine> {
    return metricsLines(this.path('metrics.jsonl'));
  }
  /** All epochs, and of each role at most so many steps. */
  curves(maxSteps: number): Promise<ThinnedLines> {
    return thinnedLines(this.path('metrics.jsonl'), maxSteps);
  }

  /** Drops what `role` wrote after `position`, where its training goes on; {epoch: 0, step: 0} drops all of it. */
  async rewindMetrics(role: Role, position: Position): Promise<void> {
    await rewindMetrics(this.path('metrics.jsonl'), role, position);
  }

  /** Appends to log.txt. Never throws: the log tells of other errors and must not hide them. */
  log(level: 'info' | 'warn' | 'error', message: string): void {
    try {
      appendLog(this.path('log.txt'), level, message);
    } catch {
      // A full disk shows itself in the metrics and the checkpoints.
    }
  }

  /** The last messages of the log, oldest first. */
  logLines(count: number): Promise<LogLine[]> {
    return readLog(this.path('log.txt'), count);
  }

  async writeDataset(report: ImportReport): Promise<void> {
    await writeJsonAtomic(this.path('dataset.json'), report);
  }
  /** What was imported; null where the run did not come that far. */
  async dataset(): Promise<ImportReport | null> {
    try {
      return await readChecked(this.folder, 'dataset.json', importReportSchema);
    } catch (thrown) {
      if (thrown instanceof DistillError && thrown.code === 'NOT_FOUND') return null;
      throw thrown;
    }
  }

  async writeResult(result: RunResult): Promise<void> {
    await writeJsonAtomic(this.path('result.json'), result);
    if (this.#lock) await this.#save({ outcome: outcomeOf(result) });
  }
  /** Throws DistillError NOT_FOUND where the run has no result yet, RUN_CORRUPT. */
  async result(): Promise<RunResult> {
    try {
      return await readChecked(this.folder, 'result.json', runResultSchema);
    } catch (thrown) {
      if (!(thrown instanceof DistillError && thrown.code === 'NOT_FOUND')) throw thrown;
      const hint = isActive(this.state)
        ? 'Wait until it has ended.'
        : `Resume it: distill-studio resume ${this.folder}`;
      throw new DistillError(
        'NOT_FOUND',
        `The run "${path.basename(this.folder)}" has no result yet; it is ${this.state}.`,
        hint,
      );
    }
  }

  async #release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  /** Lets go of the run. */
  async close(): Promise<void> {
    this.#metrics = null;
    await this.#saving;
    await this.#release();
  }
}
