import path from 'node:path';
import type { ImportReport } from '../../contract/dataset.ts';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { followPosition } from '../../contract/position.ts';
import { isActive, phasesOf, type StopMode } from '../../contract/run.ts';
import type { RunDetails } from '../../contract/run-details.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { runTopic } from '../../contract/services.ts';
import { startsFromPublished } from '../../contract/start-weights.ts';
import { mapConcurrently } from '../../platform/concurrent.ts';
import { weightsFolder } from '../../platform/home.ts';
import type { EventBus } from '../events.ts';
import { recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { datasetFile } from '../run-folder/stored-dataset.ts';
import { isLarge } from '../work/large-file.ts';
import { Turns } from '../work/turns.ts';
import type { Workers } from '../work/workers.ts';
import { type ActiveRun, asOfNow } from './active-run.ts';
import { executeInWorker } from './execute-in-worker.ts';
import { WatchedRuns } from './watched-runs.ts';

const LOG_LINES = 500;
/** Runs that are looked at in parallel. */
const atOnce = 16;

interface Launch {
  resume: boolean;
  share?: number;
  pauseAfter?: number | null;
}

/** The runs of this engine: they share the machine, each in a worker of its own; those that it has no room for are queued. */
export class ActiveRuns {
  readonly #events: EventBus;
  readonly #workers: Workers;
  readonly #active = new Map<string, ActiveRun>();
  readonly #watched: WatchedRuns;
  readonly #turns = new Turns(1);

  constructor(events: EventBus, workers: Workers) {
    this.#events = events;
    this.#workers = workers;
    this.#watched = new WatchedRuns(events, (folder) => this.#active.has(folder));
  }

  /**
   * Queues a run; `run` is held by this process. Returns at once. `share`: the part of the machine that it takes; a run that takes
   * all of it is alone. `pauseAfter`: the epoch of its student after which it pauses by itself; null: none.
   */
  launch(run: RunFolder, { resume, share = 1, pauseAfter = null }: Launch): void {
    const publish = (event: RunEvent): void => this.#publish(active, event);
    const active: ActiveRun = {
      run,
      worker: null,
      state: run.state,
      asked: null,
      position: null,
      ended: this.#turns.take(
        null,
        () => executeInWorker({ active, how: { resume, pauseAfter }, workers: this.#workers, publish }),
        share,
      ),
    };
    this.#active.set(run.folder, active);
    this.#workers.isBusy = true;
    void active.ended.finally(() => {
      // It may have been resumed as soon as its state was known.
      if (this.#active.get(run.folder) === active) this.#active.delete(run.folder);
      this.#workers.isBusy = this.#active.size > 0;
    });
  }

  /** Ends a run, after the batch that is at work. Throws RUN_STATE where the run is not at work here. */
  async stop(folder: string, mode: StopMode): Promise<void> {
    const active = this.#active.get(folder);
    if (!active) {
      throw new DistillError(
        'RUN_STATE',
        `The run ${folder} is not at work in this process.`,
        'Nothing needs to be stopped.',
      );
    }
    if (mode !== 'finish') active.asked = mode;
    else active.asked ??= mode;
    // At once: the worker hears of it after its step only.
    if (active.state === 'running') this.#publish(active, { type: 'state', state: 'stopping', error: null });
    await active.worker?.client.work.stop({ mode }).catch((thrown: unknown) => {
      // A run whose worker is gone has ended.
      if (toErrorValue(thrown).code !== 'ENGINE_GONE') throw thrown;
    });
  }

  /** All about a run itself, at work here or not. Throws NOT_FOUND, RUN_CORRUPT. */
  async details(folder: string): Promise<Omit<RunDetails, 'sweep'>> {
    const run = await recover(folder);
    const [summary, dataset, phases, log] = await Promise.all([
      run.summary(),
      // The import can be read again; its report must not hide the run.
      this.#datasetOf(run).catch(() => null),
      run.phases(),
      run.logLines(LOG_LINES),
    ]);
    const active = this.#active.get(folder);
    if (!active && isActive(run.state)) this.#watched.watch(folder);
    return {
      summary: active ? asOfNow(summary, active) : summary,
      recipe: run.recipe,
      runtime: run.runtime,
      dataset,
      phases,
      position: active?.position ?? null,
      stopping: active?.asked ?? null,
      log,
    };
  }

  /** What was imported; as JsonText, unread, where there is much of it. Throws RUN_CORRUPT. */
  async #datasetOf(run: RunFolder): Promise<ImportReport | null> {
    if (!(await isLarge(run.path(datasetFile)))) return run.dataset();
    return this.#workers.inShared(({ work }) => work.dataset({ folder: run.folder }, { unparsed: true }));
  }

  /** The datasets, published weights and folders of stored teacher logits that runs at work here, or waiting, need. */
  get inUse(): string[] {
    const paths = [...this.#active.values()].flatMap(({ run }) => [
      run.dataPath ?? run.recipe.data.path,
      run.logitsFolder,
      startsFromPublished(run.recipe) ? weightsFolder() : null,
    ]);
    return paths.filter((one) => one !== null).map((one) => path.resolve(one));
  }

  /** When the run ends; null where it is not at work here. */
  ended(folder: string): Promise<RunSummary> | null {
    return this.#active.get(folder)?.ended ?? null;
  }

  /** The runs at work here and those that wait, in the order in which they were started. */
  summaries(): Promise<RunSummary[]> {
    return mapConcurrently([...this.#active.values()], atOnce, async (active) => {
      const run = await RunFolder.open(active.run.folder).catch(() => active.run);
      return asOfNow(await run.summary(), active);
    });
  }

  /** Pauses what is at work and what waits: who quits has decided nothing about a run. What was being cancelled stays so. */
  async close(): Promise<void> {
    this.#watched.close();
    const all = [...this.#active.entries()];
    const stops = all
      .filter(([, { asked }]) => asked === null || asked === 'finish')
      .map(([folder]) => this.stop(folder, 'pause').catch(() => undefined));
    await Promise.all([...stops, ...all.map(([, { ended }]) => ended)]);
  }

  #publish(active: ActiveRun, event: RunEvent): void {
    // The worker repeats what was published ahead of it.
    if (event.type === 'state' && event.state === active.state) return;
    if (event.type === 'state') active.state = event.state;
    active.position = followPosition(active.position, event, phasesOf(active.run.recipe));
    this.#events.publish(runTopic(active.run.folder), event);
  }
}
