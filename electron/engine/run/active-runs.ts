import path from 'node:path';
import { DistillError, toErrorValue } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/events.ts';
import { type RunPosition, followPosition } from '../../contract/position.ts';
import { isActive, phasesOf, type RunState, stateMessage, type StopMode } from '../../contract/run.ts';
import type { RunDetails } from '../../contract/run-details.ts';
import type { RunSummary } from '../../contract/run-summary.ts';
import { runTopic } from '../../contract/services.ts';
import { type RunningWorker, workTopic } from '../../contract/worker.ts';
import type { EventBus } from '../events.ts';
import { recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { withCause, type Workers } from '../work/workers.ts';
import { endingOf } from './ending.ts';

const LOG_LINES = 500;
/** Milliseconds between looks at a run of another process that somebody has opened. */
const WATCH_MS = 1000;

interface ActiveRun {
  /** As it was when it was queued, and held by this process until a worker has taken it over. */
  run: RunFolder;
  /** null before its turn. */
  worker: RunningWorker | null;
  /** As the last event has it. */
  state: RunState;
  /** How it was asked to end before its time. */
  asked: StopMode | null;
  /** null before the work begins. */
  position: RunPosition | null;
  ended: Promise<RunSummary>;
}

/** The runs of this engine: one at a time is worked on, in a worker of its own, the others are queued. */
export class ActiveRuns {
  readonly #events: EventBus;
  readonly #workers: Workers;
  readonly #active = new Map<string, ActiveRun>();
  readonly #watched = new Map<string, NodeJS.Timeout>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(events: EventBus, workers: Workers) {
    this.#events = events;
    this.#workers = workers;
  }

  /** Queues a run; `run` is held by this process. Returns at once. */
  launch(run: RunFolder, resume: boolean): void {
    const start = this.#last;
    const active: ActiveRun = {
      run,
      worker: null,
      state: run.state,
      asked: null,
      position: null,
      ended: start.then(() => this.#execute(active, resume)),
    };
    this.#last = active.ended;
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

  /** All about a run, at work here or not. Throws NOT_FOUND, RUN_CORRUPT. */
  async details(folder: string): Promise<RunDetails> {
    const run = await recover(folder);
    const [summary, dataset, phases, log] = await Promise.all([
      run.summary(),
      // What was imported can be read anew; its report must not hide the run.
      run.dataset().catch(() => null),
      run.phases(),
      run.logLines(LOG_LINES),
    ]);
    const active = this.#active.get(folder);
    if (!active && isActive(run.state)) this.#watch(folder);
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

  /** The datasets and folders of stored teacher logits that runs at work here, or waiting, need. */
  get inUse(): string[] {
    const paths = [...this.#active.values()].flatMap(({ run }) => [
      run.dataPath ?? run.recipe.data.path,
      run.logitsFolder,
    ]);
    return paths.filter((one) => one !== null).map((one) => path.resolve(one));
  }

  /** When the run ends; null where it is not at work here. */
  ended(folder: string): Promise<RunSummary> | null {
    return this.#active.get(folder)?.ended ?? null;
  }

  /** The runs at work here and those that wait, in the order in which they were started. */
  summaries(): Promise<RunSummary[]> {
    return Promise.all(
      [...this.#active.values()].map(async (active) => {
        const run = await RunFolder.open(active.run.folder).catch(() => active.run);
        return asOfNow(await run.summary(), active);
      }),
    );
  }

  /** Pauses what is at work and what waits: who quits has decided nothing about a run. What was being cancelled stays so. */
  async close(): Promise<void> {
    for (const folder of this.#watched.keys()) this.#unwatch(folder);
    const all = [...this.#active.entries()];
    const stops = all
      .filter(([, { asked }]) => asked === null || asked === 'finish')
      .map(([folder]) => this.stop(folder, 'pause').catch(() => undefined));
    await Promise.all([...stops, ...all.map(([, { ended }]) => ended)]);
  }

  /** Reports the end of a run that another process works on, such as a worker that an engine left behind. */
  #watch(folder: string): void {
    if (this.#watched.has(folder)) return;
    const timer = setInterval(() => {
      recover(folder).then(
        ({ state, error }) => {
          if (isActive(state) && !this.#active.has(folder)) return;
          this.#unwatch(folder);
          if (!this.#active.has(folder))
            this.#events.publish(runTopic(folder), { type: 'state', state, error });
        },
        () => this.#unwatch(folder),
      );
    }, WATCH_MS);
    timer.unref();
    this.#watched.set(folder, timer);
  }

  #unwatch(folder: string): void {
    clearInterval(this.#watched.get(folder));
    this.#watched.delete(folder);
  }

  #publish(active: ActiveRun, event: RunEvent): void {
    // The worker repeats what was published ahead of it.
    if (event.type === 'state' && event.state === active.state) return;
    if (event.type === 'state') active.state = event.state;
    active.position = followPosition(active.position, event, phasesOf(active.run.recipe));
    this.#events.publish(runTopic(active.run.folder), event);
  }

  /** Never rejects: how a run ended is its state. */
  async #execute(active: ActiveRun, resume: boolean): Promise<RunSummary> {
    try {
      if (active.asked === 'cancel' || active.asked === 'pause')
        throw new DistillError('CANCELLED', 'The run was stopped before it began.');
      return await this.#inWorker(active, resume);
    } catch (thrown) {
      return this.#end(active, thrown);
    }
  }

  async #inWorker(active: ActiveRun, resume: boolean): Promise<RunSummary> {
    const { run } = active;
    const worker = this.#workers.start('run');
    try {
      const { work } = worker.client;
      worker.client.subscribe(workTopic, (event) => this.#publish(active, event));
      await work.take({ folder: run.folder, token: run.token! });
      // Held by the worker from here on.
      await run.close();
      const ended = work.execute({ resume });
      active.worker = worker;
      if (active.asked) void work.stop({ mode: active.asked }).catch(() => undefined);
      return await ended;
    } catch (thrown) {
      throw await withCause(thrown, worker);
    } finally {
      worker.close();
    }
  }

  /** Keeps the error of a run that no worker holds (any more) with it; where that fails, the next look at it finds it interrupted. */
  async #end(active: ActiveRun, thrown: unknown): Promise<RunSummary> {
    const { state, error } = endingOf(toErrorValue(thrown), active.asked === 'cancel' ? 'cancel' : 'pause');
    let { run } = active;
    try {
      if (run.token === null) run = await RunFolder.open(run.folder);
      if (isActive(run.state)) {
        run.log(error.code === 'CANCELLED' ? 'info' : 'error', error.message);
        run.log('info', stateMessage(state));
        await run.setState(state, error);
      }
    } catch (second) {
      run.log('error', `The state could not be kept: ${toErrorValue(second).message}`);
    }
    const level = error.code === 'CANCELLED' ? 'info' : 'warn';
    this.#publish(active, { type: 'log', level, message: error.message });
    this.#publish(active, { type: 'state', state, error });
    return run.summary();
  }
}

/** The worker writes down that it is to stop after its step only. */
const asOfNow = (summary: RunSummary, { state }: ActiveRun): RunSummary =>
  summary.state === 'running' && state === 'stopping' ? { ...summary, state } : summary;
