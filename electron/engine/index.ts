import path from 'node:path';
import type { RunEvent } from '../contract/events.ts';
import type { Handlers } from '../contract/services.ts';
import { checkAnswersPlace } from './run/answers-place.ts';
import { ActiveRuns } from './run/active-runs.ts';
import { benchStep } from './estimate/bench.ts';
import { exportOf } from './trained/export.ts';
import { describeExported, evaluateExported, predictExported } from './trained/exported.ts';
import { evaluateRun } from './trained/evaluate.ts';
import { findRate } from './run/find-learning-rate.ts';
import { predictImages } from './trained/predict.ts';
import { preflight } from './run/preflight.ts';
import { prepareCache } from './run/stored-answers.ts';
import { ReadableFiles } from './user/readable-files.ts';
import { readSettings, saveSettings } from './user/settings.ts';
import { listStorage, clearStorage, diskSpace } from './user/storage.ts';
import { writeDiagnostics } from './user/diagnostics.ts';
import { datasetPreviews } from './services/dataset-preview.ts';
import { gtsrbDownload, gtsrbState } from './services/download-gtsrb.ts';
import { describeModel } from './estimate/describe-model.ts';
import { measureNetworks } from './estimate/measured-latency.ts';
import { identifyWeights, matchWeights } from './inputs/match-weights.ts';
import { teacherAnswers } from './trained/teacher-answers.ts';
import { checkRecipe, readRecipe, writeRecipe, presetRecipes } from './services/recipes.ts';
import { listDrafts, saveDraft, removeDraft } from './user/drafts.ts';
import { previewSchedule } from './train/schedule-preview.ts';
import { estimateRun } from './estimate/estimate-run.ts';
import { thinnedMetrics } from './services/run-metrics.ts';
import { trashRun, restoreRun, trashedRuns } from './services/trash.ts';
import { annotateRun } from './services/annotate-run.ts';
import { compareRuns } from './trained/compare-runs.ts';
import { judgeRun, classImages, confusedImages } from './trained/judge-run.ts';
import { readProbes } from './services/probes.ts';
import { OpenDatasets } from './data/open-datasets.ts';
import { drawSample } from './data/sample/draw.ts';
import { linkTensorflow, unlinkTensorflow } from './backend/tensorflow/link.ts';
import { examine } from './backend/doctor.ts';
import { EventBus } from './events.ts';
import { listRuns, recover } from './run-folder/recovery.ts';
import { RunFolder } from './run-folder/run-folder.ts';
import { SharedWork } from './work/shared-work.ts';

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
  const datasets = new OpenDatasets();
  const readable = new ReadableFiles();
  const downloads = new SharedWork<{ folder: string }>();
  const handlers = {
    system: {
      doctor: ({ backend }, { signal }) => examine(backend, signal),
      linkTensorflow: ({ libtensorflow, to }, { signal, progress }) =>
        linkTensorflow(libtensorflow, { to, signal, onStep: (done, total) => progress({ done, total }) }),
      unlinkTensorflow: () => unlinkTensorflow(),
      bench: benchStep,
      settings: readSettings,
      saveSettings: saveSettings,
      storage: (_input, context) => listStorage(active.inUse, context),
      clearStorage: (input, context) => clearStorage(input, active.inUse, context),
      disk: diskSpace,
      readable: (_input, context) => readable.list(context),
      diagnostics: async (input, context) => readable.noted(await writeDiagnostics(input, context)),
    },
    dataset: {
      ...datasetPreviews(datasets),
      sample: ({ folder, seed, tracksPerClass, testPerClass }, { signal, progress }) =>
        drawSample(folder, {
          seed,
          tracksPerClass,
          testPerClass,
          signal,
          onProgress: (done, total) => progress({ done, total }),
        }),
      gtsrbState: gtsrbState,
      downloadGtsrb: gtsrbDownload(downloads),
    },
    models: {
      describe: describeModel,
      latency: measureNetworks(() => active.isAtWork),
      matchWeights,
      identifyWeights,
      teacherAnswers: teacherAnswers(datasets),
    },
    recipes: {
      check: checkRecipe,
      read: readRecipe,
      write: writeRecipe,
      presets: presetRecipes,
      drafts: listDrafts,
      saveDraft: saveDraft,
      removeDraft: removeDraft,
    },
    training: {
      findLearningRate: findRate,
      schedule: previewSchedule,
      estimate: estimateRun,
    },
    exported: {
      describe: describeExported,
      evaluate: evaluateExported,
      predict: predictExported,
    },
    runs: {
      async start({ recipe, data, out, storedAnswers, runtime }, context) {
        await preflight({ recipe, dataPath: data, out, runtime }, context);
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
      async resume({ folder, data, storedAnswers, runtime }, context) {
        const run = await recover(folder);
        if (storedAnswers === null) await checkAnswersPlace(run, context);
        else await prepareCache(storedAnswers);
        await run.setState('queued');
        await run.update({
          ...(runtime && { runtime }),
          ...(storedAnswers !== null && { storedAnswers }),
          ...(data !== null && { dataPath: data }),
        });
        active.launch(run, true);
        return { folder: run.folder };
      },
      async stop({ folder, mode }) {
        await active.stop(path.resolve(folder), mode);
        return null;
      },
      async wait({ folder }) {
        return (await active.ended(path.resolve(folder))) ?? (await recover(folder)).summary();
      },
      list: ({ out }) => listRuns(out),
      active: () => active.summaries(),
      details: ({ folder }) => active.details(path.resolve(folder)),
      metrics(input, context) {
        active.flush(path.resolve(input.folder));
        return thinnedMetrics(input, context);
      },
      trash: trashRun,
      restore: restoreRun,
      trashed: trashedRuns,
      judge: judgeRun,
      confused: confusedImages,
      classImages: classImages,
      compare: compareRuns,
      annotate: annotateRun,
      probes: readProbes,
      result: async ({ folder }) => (await RunFolder.open(folder)).result(),
      evaluate: async ({ folder, ...input }, context) =>
        evaluateRun(await RunFolder.open(folder), input, context),
      predict: async ({ folder, ...input }, context) =>
        predictImages(await RunFolder.open(folder), input, context),
      export: async (input, context) => readable.noted(await exportOf(input, context, () => active.isAtWork)),
    },
  } satisfies Handlers;
  return {
    handlers,
    events: { subscribe: (topic, listener) => events.subscribe(topic, listener) },
    close: async () => {
      await Promise.all([active.close(), datasets.close(), downloads.close()]);
    },
  };
}
