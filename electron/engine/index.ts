import type { RunEvent } from '../contract/events.ts';
import type { AnsweringHandlers, Handlers } from '../contract/services.ts';
import type { WeightsEntry } from '../contract/published-weights.ts';
import type { StartWorker } from '../contract/worker.ts';
import { EventBus } from './events.ts';
import { Queues } from './queue/queues.ts';
import { ActiveRuns } from './run/active-runs.ts';
import { datasetHandlers } from './services/dataset.ts';
import { forwarded, parsed } from './services/forwarded.ts';
import { recipesHandlers } from './services/recipes.ts';
import { runsHandlers } from './services/runs.ts';
import { sweepsHandlers } from './services/sweeps.ts';
import { systemHandlers } from './services/system.ts';
import { trainingHandlers } from './services/training.ts';
import { weightsHandlers } from './services/weights.ts';
import { ActiveSweeps } from './sweep/active-sweeps.ts';
import { ReadableFiles } from './user/readable-files.ts';
import { SharedWork } from './work/shared-work.ts';
import { Workers } from './work/workers.ts';

export interface Engine {
  handlers: Handlers;
  events: {
    subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
  };
  /** Starts the worker that short calls share, so that the first of them need not wait for it. */
  warmUp(): void;
  /** Stops what is at work, saving it, and returns when it has ended. */
  close(): Promise<void>;
}

/** Everything behind the contract: it answers itself and passes on what computes to workers, which the host starts. */
export function createEngine({ startWorker }: { startWorker: StartWorker }): Engine {
  const events = new EventBus();
  const workers = new Workers(startWorker);
  const active = new ActiveRuns(events, workers);
  const activeSweeps = new ActiveSweeps(active);
  const queues = new Queues(events, workers, active);
  const readable = new ReadableFiles();
  const downloads = new SharedWork<{ folder: string }>();
  const weights = new SharedWork<WeightsEntry>();
  const answering = {
    system: systemHandlers(active, readable, workers),
    dataset: datasetHandlers(downloads),
    recipes: recipesHandlers(workers),
    training: trainingHandlers,
    weights: weightsHandlers(weights),
    runs: runsHandlers(active, workers),
    sweeps: sweepsHandlers(activeSweeps, workers, queues),
  } satisfies AnsweringHandlers;
  const computing = forwarded(workers);
  return {
    handlers: {
      ...computing,
      recipes: { ...answering.recipes, ...computing.recipes },
      weights: answering.weights,
      system: {
        ...answering.system,
        ...computing.system,
        diagnostics: async (input, context) =>
          readable.noted(parsed(await computing.system.diagnostics(input, context))),
      },
      dataset: { ...answering.dataset, ...computing.dataset },
      sweeps: { ...answering.sweeps, ...computing.sweeps },
      training: { ...answering.training, ...computing.training },
      runs: {
        ...answering.runs,
        ...computing.runs,
        export: async (input, context) => readable.noted(parsed(await computing.runs.export(input, context))),
      },
    },
    events: { subscribe: (topic, listener) => events.subscribe(topic, listener) },
    warmUp: () => void workers.shared(),
    close: async () => {
      await Promise.all([
        activeSweeps.close(),
        queues.close(),
        active.close(),
        downloads.close(),
        weights.close(),
      ]);
      await workers.close();
    },
  };
}
