import type { RunEvent } from '../../contract/events.ts';
import type { WorkerHandlers } from '../../contract/worker.ts';
import { OpenDatasets } from '../data/open-datasets.ts';
import { forgetRates } from '../estimate/machine-rate.ts';
import { EventBus } from '../events.ts';
import { datasetHandlers } from './dataset.ts';
import { exportedHandlers } from './exported.ts';
import { modelsHandlers } from './models.ts';
import { recipesHandlers } from './recipes.ts';
import { runsHandlers } from './runs.ts';
import { sweepsHandlers } from './sweeps.ts';
import { systemHandlers } from './system.ts';
import { trainingHandlers } from './training.ts';
import { workHandlers } from './work.ts';

export interface Worker {
  handlers: WorkerHandlers;
  events: {
    subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
  };
  close(): Promise<void>;
}

/** Everything that computes, for one client: the engine. */
export function createWorker(): Worker {
  const events = new EventBus();
  const datasets = new OpenDatasets();
  let isBusy = false;
  const setBusy = (value: boolean): void => {
    isBusy = value;
    if (!value) forgetRates();
  };
  return {
    handlers: {
      system: systemHandlers,
      dataset: datasetHandlers(datasets),
      models: modelsHandlers(datasets, () => isBusy),
      recipes: recipesHandlers,
      training: trainingHandlers,
      exported: exportedHandlers,
      runs: runsHandlers(() => isBusy),
      sweeps: sweepsHandlers,
      work: workHandlers(events, setBusy),
    },
    events: { subscribe: (topic, listener) => events.subscribe(topic, listener) },
    close: () => datasets.close(),
  };
}
