import type { ImportReport } from '../../contract/dataset.ts';
import type { ErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import type { MetricsLine } from '../../contract/metrics.ts';
import type { PhaseSpan } from '../../contract/phase-spans.ts';
import { isActive, type Phase, type Role, type RunState } from '../../contract/run.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { RunResult } from '../../contract/result.ts';
import type { LogLine } from '../../contract/run-details.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import type { Runtime } from '../../contract/runtime.ts';
import { readAnnotation } from './annotation.ts';
import type { HeldRecord } from './held-record.ts';
import { Journals } from './journals.ts';
import type { FinishedRole, RunRecord } from './record.ts';
import { RecordedPhases } from './recorded-phases.ts';
import type { Position } from './rewind-metrics.ts';
import { RunPaths } from './run-paths.ts';
import type { RunStart } from './run-start.ts';
import { readDataset, writeDataset } from './stored-dataset.ts';
import { readResult, writeResult } from './stored-result.ts';
import { createRun, readRun, type StoredRun, takeOverRun } from './stored-run.ts';
import { outcomeOf, summarise } from './summary.ts';
import type { ThinnedLines } from './thinned-metrics.ts';

/**
 * One run's folder: run.json (state), recipe.json, dataset.json (what was imported), metrics.jsonl, probes.jsonl, checkpoints/<role>/,
 * weights/<role>.safetensors, predictions.safetensors, tta.safetensors, result.json, report.html, exports/, mistakes/, log.txt;
 * notes.json, its owner's notes.
 * While a process works on the run it holds run.lock.
 */
export class RunFolder extends RunPaths {
  readonly recipe: Recipe;
  readonly #record: HeldRecord;
  readonly #journals: Journals;
  readonly #phases: RecordedPhases;

  private constructor({ folder, recipe, record }: StoredRun) {
    super(folder);
    this.recipe = recipe;
    this.#record = record;
    this.#journals = new Journals(folder);
    this.#phases = new RecordedPhases(record, this.#journals);
  }

  /** Makes `<name>-<YYYYMMDD-HHMMSS>` below `out`, state queued, held by this process. Throws NOT_WRITABLE, DISK_FULL. */
  static async create(out: string, recipe: Recipe, start: RunStart): Promise<RunFolder> {
    return new RunFolder(await createRun(out, recipe, start));
  }
  /** Opens an existing run to read, or to resume with `setState('running')`. Throws NOT_FOUND, RUN_CORRUPT. */
  static async open(folder: string): Promise<RunFolder> {
    return new RunFolder(await readRun(folder, null));
  }
  /** Opens a run that another process holds, and holds it from then on; `token` is that holder's. Throws as `open`, and RUN_STATE. */
  static async takeOver(folder: string, token: string): Promise<RunFolder> {
    return new RunFolder(await takeOverRun(folder, token));
  }

  /** By which another process can take the run over; null where this object does not hold it. */
  get token(): string | null {
    return this.#record.token;
  }
  get state(): RunState {
    return this.#record.current.state;
  }
  get error(): ErrorValue | null {
    return this.#record.current.error;
  }
  get dataPath(): string | null {
    return this.#record.current.dataPath;
  }
  get runtime(): Runtime {
    return this.#record.current.runtime;
  }
  get logitsFolder(): string | null {
    return this.#record.current.logitsFolder;
  }
  /** The seed of the student's augmentation, where stored teacher logits brought one; null: it follows from the recipe's. */
  get augmentSeed(): number | null {
    return this.#record.current.augmentSeed;
  }
  /** The worker of a queue on which it ran; null: it ran here. */
  get worker(): string | null {
    return this.#record.current.worker;
  }
  get startedAt(): string {
    return this.#record.current.startedAt;
  }
  /** The last change of state or progress. */
  get updatedAt(): string {
    return this.#record.current.updatedAt;
  }
  get finished(): readonly FinishedRole[] {
    return this.#record.current.finished;
  }

  /** Never throws. */
  summary(): Promise<RunSummary> {
    return summarise(this.folder, this.#record.current, this.recipe);
  }
  /** What its owner calls it, or else its recipe's name. */
  async shownName(): Promise<string> {
    return (await readAnnotation(this.folder)).name ?? this.#record.current.name;
  }

  /**
   * The next state, on the disk when this resolves. An active state (queued, running, stopping) holds the run for this
   * process, any other releases it. Throws RUN_STATE where the state may not follow or another process holds the run.
   */
  async setState(state: RunState, error: ErrorValue | null = null): Promise<void> {
    this.#record.checkNext(state);
    if (!this.#record.isHeld) await this.#record.hold(state);
    try {
      const left = isActive(state) && state !== 'running' ? null : this.#phases.left();
      // Without a wait where nothing must be read: states that are set together keep their order.
      await this.#record.save({ state, error, ...(left instanceof Promise ? await left : left) });
    } finally {
      if (!isActive(state)) await this.close().catch(() => undefined);
    }
  }

  /** What a resume was given, or what a run found out that a resume needs; while it is held. */
  update(
    patch: Partial<Pick<RunRecord, 'dataPath' | 'runtime' | 'logitsFolder' | 'augmentSeed' | 'worker'>>,
  ): Promise<void> {
    return this.#record.save(patch);
  }
  /** Every phase that the run was in, oldest first. */
  phases(): Promise<PhaseSpan[]> {
    return this.#phases.all();
  }
  /** Notes that the run, which is held and running, is in another phase. */
  enterPhase(phase: Phase): Promise<void> {
    return this.#phases.enter(phase);
  }
  /** Notes that a role's training is done and its weights are in weights/; a resume then skips it. */
  finish(entry: FinishedRole): Promise<void> {
    const others = this.finished.filter(({ role }) => role !== entry.role);
    return this.#record.save({ finished: [...others, entry] });
  }

  /**
   * Appends a step or an epoch to metrics.jsonl, which may pass over it, a probe to probes.jsonl; other events are passed over.
   * Gives whether it is kept. Throws DISK_FULL or NOT_WRITABLE.
   */
  append(event: RunEvent): boolean {
    return this.#journals.append(event);
  }
  metrics(): Promise<MetricsLine[]> {
    return this.#journals.metrics();
  }
  /** The same one by one: a long run has more than fit into the memory. */
  metricsLines(): AsyncGenerator<MetricsLine> {
    return this.#journals.metricsLines();
  }
  /** All epochs, and of each role at most so many steps. */
  curves(maxSteps: number): Promise<ThinnedLines> {
    return this.#journals.curves(maxSteps);
  }
  /** Drops what `role` wrote after `position`, where its training goes on; {epoch: 0, step: 0} drops all of it. */
  rewindMetrics(role: Role, position: Position): Promise<void> {
    return this.#journals.rewindMetrics(role, position);
  }
  /** Appends to log.txt. Never throws. */
  log(level: LogLine['level'], message: string): void {
    this.#journals.log(level, message);
  }
  /** The last messages of the log, oldest first. */
  logLines(count: number): Promise<LogLine[]> {
    return this.#journals.logLines(count);
  }

  writeDataset(report: ImportReport): Promise<void> {
    return writeDataset(this.folder, report);
  }
  /** What was imported; null where the run did not come that far. */
  dataset(): Promise<ImportReport | null> {
    return readDataset(this.folder);
  }
  async writeResult(result: RunResult): Promise<void> {
    await writeResult(this.folder, result);
    if (this.#record.isHeld) await this.#record.save({ outcome: outcomeOf(result) });
  }
  /** Throws DistillError NOT_FOUND where the run has no result yet, RUN_CORRUPT. */
  result(): Promise<RunResult> {
    return readResult(this.folder, this.state);
  }

  /** Lets go of the run. */
  async close(): Promise<void> {
    this.#journals.close();
    await this.#record.close();
  }
}
