import path from 'node:path';
import type { AnsweringHandlers } from '../../contract/services.ts';
import { makeFolders } from '../../platform/files.ts';
import type { ActiveRuns } from '../run/active-runs.ts';
import { checkLogitsFolder } from '../run/logits-folder.ts';
import { annotate } from '../run-folder/annotation.ts';
import { probesFile, readProbeLog } from '../run-folder/probe-log.ts';
import { fileOfRun, requireRun } from '../run-folder/record.ts';
import { listRuns, recover } from '../run-folder/recovery.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { resultFile } from '../run-folder/stored-result.ts';
import { readThinned } from '../run-folder/thinned-metrics.ts';
import { listTrash, moveOutOfTrash, moveToTrash } from '../run-folder/trash-folder.ts';
import { sweepOf } from '../sweep/sweep-of.ts';
import { isLarge } from '../work/large-file.ts';
import type { Workers } from '../work/workers.ts';

export const runsHandlers = (active: ActiveRuns, workers: Workers): AnsweringHandlers['runs'] => ({
  async start({ recipe, data, out, logitsFolder, runtime }, { signal, progress }) {
    await workers.inShared(({ work }) =>
      work.preflight({ recipe, dataPath: data, out }, { signal, onProgress: progress }),
    );
    // A folder that cannot be made shows before anything was computed.
    if (logitsFolder !== null) await makeFolders(logitsFolder);
    const startedAt = new Date();
    const run = await RunFolder.create(out, recipe, { dataPath: data, runtime, logitsFolder, startedAt });
    active.launch(run, { resume: false });
    return { folder: run.folder };
  },

  async resume({ folder, data, logitsFolder, runtime }, context) {
    const run = await recover(folder);
    if (logitsFolder === null) await checkLogitsFolder(run, context);
    else await makeFolders(logitsFolder);
    await run.setState('queued');
    await run.update({
      ...(runtime && { runtime }),
      ...(logitsFolder !== null && { logitsFolder }),
      ...(data !== null && { dataPath: data }),
    });
    active.launch(run, { resume: true });
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
  details: async ({ folder }) => ({
    ...(await active.details(path.resolve(folder))),
    sweep: await sweepOf(folder),
  }),

  /** Also of a run at work, which writes what it measures at once. */
  metrics: async ({ folder, maxPoints }) => readThinned(await fileOfRun(folder, 'metrics.jsonl'), maxPoints),

  probes: async ({ folder }, { signal }) => {
    const file = await fileOfRun(folder, probesFile);
    if (!(await isLarge(file))) return readProbeLog(file);
    return workers.inShared(({ work }) => work.probes({ folder }, { signal, unparsed: true }));
  },

  trash: ({ folder }) => moveToTrash(folder),
  restore: ({ folder }) => moveOutOfTrash(folder),
  trashed: ({ out }) => listTrash(out),

  /** A damaged run can be named and noted, too. */
  async annotate({ folder, ...change }) {
    await requireRun(folder);
    return annotate(path.resolve(folder), change);
  },

  result: async ({ folder }, { signal }) => {
    if (!(await isLarge(path.join(folder, resultFile)))) return (await RunFolder.open(folder)).result();
    return workers.inShared(({ work }) => work.result({ folder }, { signal, unparsed: true }));
  },
});
