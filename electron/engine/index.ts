import path from 'node:path';
import type { RunEvent } from '../contract/events.ts';
import type { Handlers } from '../contract/services.ts';
import { ActiveRuns } from './commands/active-runs.ts';
import { benchStep } from './commands/bench.ts';
import { evaluateRun } from './commands/evaluate.ts';
import { findRate } from './commands/find-learning-rate.ts';
import { predictImages } from './commands/predict.ts';
import { preflight } from './commands/preflight.ts';
import { prepareCache } from './commands/stored-answers.ts';
import { openDataset } from './data/import.ts';
import { drawSample } from './data/sample/draw.ts';
import { linkTensorflow, unlinkTensorflow } from './backend/tensorflow/link.ts';
import { examine } from './doctor.ts';
import { EventBus } from './events.ts';
import { exportRun } from './export/index.ts';
import { listRuns, recover } from './runs/recovery.ts';
import { RunFolder } from './runs/run-folder.ts';

export interface Engine {
  handlers: Handlers;
  events: {
    subscribe(topic: string, listener: (event: RunEvent, seq: number) => void): () => void;
  };
  /** Stops what is at work, saving it, and returns when it has ended. */
  close(): Promise<void>;
}

/** Everything that computes, behind the contract. */
export function createEngine(): Engine {
  const events = new EventBus();
  const active = new ActiveRuns(events);
  const handlers = {
    system: {
      doctor: ({ backend }) => examine(backend),
      linkTensorflow: ({ libtensorflow, to }, { signal, progress }) =>
        linkTensorflow(libtensorflow, { to, signal, onStep: (done, total) => progress({ done, total }) }),
      unlinkTensorflow: () => unlinkTensorflow(),
      bench: benchStep,
    },
    dataset: {
      async inspect({ path: given, classNames }, { signal, progress }) {
        const onProgress = (done: number, total: number) => progress({ done, total });
        const dataset = await openDataset(given, { classNames, signal, onProgress });
        await dataset.close();
        return dataset.report;
      },
      sample: ({ folder, seed, tracksPerClass, testPerClass }, { signal, progress }) =>
        drawSample(folder, {
          seed,
          tracksPerClass,
          testPerClass,
          signal,
          onProgress: (done, total) => progress({ done, total }),
        }),
    },
    training: { findLearningRate: findRate },
    runs: {
      async start({ recipe, data, out, storedAnswers, runtime }, { signal }) {
        await preflight(recipe, data, signal);
        if (storedAnswers !== null) await prepareCache(storedAnswers);
        const startedAt = new Date();
        const run = await RunFolder.create(out, recipe, {
          dataPath: data,
          runtime,
          storedAnswers,
          startedAt,
        });
        active.launch(run, false);
        return { folder: run.folder };
      },
      async resume({ folder, data, storedAnswers, runtime }) {
        const run = await recover(folder);
        if (storedAnswers !== null) await prepareCache(storedAnswers);
        await run.setState('queued');
        await run.update({
          ...(runtime && { runtime }),
          ...(storedAnswers !== null && { storedAnswers }),
          ...(data !== null && { dataPath: data }),
        });
        active.launch(run, true);
        return { folder: run.folder };
      },
      async stop({ folder }) {
        await active.stop(path.resolve(folder));
        return null;
      },
      async wait({ folder }) {
        return (await active.ended(path.resolve(folder))) ?? (await recover(folder)).summary();
      },
      list: ({ out }) => listRuns(out),
      result: async ({ folder }) => (await RunFolder.open(folder)).result(),
      evaluate: async ({ folder, ...input }, context) =>
        evaluateRun(await RunFolder.open(folder), input, context),
      predict: async ({ folder, ...input }, context) =>
        predictImages(await RunFolder.open(folder), input, context),
      export: async ({ folder, formats, out }) => ({
        files: await exportRun(await RunFolder.open(folder), formats, out),
      }),
    },
  } satisfies Handlers;
  return {
    handlers,
    events: { subscribe: (topic, listener) => events.subscribe(topic, listener) },
    close: () => active.close(),
  };
}
